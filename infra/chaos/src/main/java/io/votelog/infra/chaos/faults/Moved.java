// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.chaos.load.Mark;
import io.votelog.infra.chaos.system.Builds;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.chaos.system.Sealer;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * All parts of a kind move from the build that they are of to the other one, one after the other, as an operator upgrades them; the next time
 * they move back. In between, and with the other kinds, old parts and new ones work side by side.
 *
 * @param areTwo whether there is another build
 */
record Moved(String name, Part part, boolean areTwo) implements Fault {
    /** What moves at a time. */
    enum Part {
        BROKERS("brokers and the controller"),
        GATEWAYS("gateways"),
        STREAMS("streams-apps"),
        SEALER("sealer");

        private final String title;

        Part(String title) {
            this.title = title;
        }
    }

    @Override
    public String what() {
        return "rolling move of the %s to the other build, or back".formatted(part.title);
    }

    @Override
    public Optional<String> lacks() {
        return areTwo ? Optional.empty() : Optional.of("another build (--other)");
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        switch (part) {
            case BROKERS -> moveBrokers(scene);
            case GATEWAYS -> moveApps(scene, App.PRODUCER);
            case STREAMS -> moveApps(scene, App.STREAMS);
            case SEALER -> moveSealer(scene);
        }
        return new Blow("all " + part.title, Duration.ZERO, () -> {}, Blow.Since.HEAL, recovered(scene.sealer()));
    }

    private Predicate<Mark> recovered(Sealer sealer) {
        return part == Part.SEALER ? new SealedMore(sealer) : Blow::votesCountAndAreTold;
    }

    /** The controller last, as Kafka has it. */
    private static void moveBrokers(Scene scene) {
        Builds builds = scene.builds();
        for (int number = 1; number <= Scene.BROKERS; number++) {
            builds.move(KafkaCluster.brokerName(number));
            scene.kafka().restart(number);
        }
        builds.move(KafkaCluster.CONTROLLER);
        scene.kafka().restartController();
    }

    private static void moveApps(Scene scene, App app) {
        for (AppProcess each : scene.apps(app)) {
            scene.builds().move(each.name());
            scene.restart(each);
        }
    }

    private static void moveSealer(Scene scene) {
        scene.builds().move(Sealer.NAME);
        scene.restartSealer();
    }
}
