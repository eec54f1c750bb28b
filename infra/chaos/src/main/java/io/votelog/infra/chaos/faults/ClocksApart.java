// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Clocks;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The clocks of all brokers, or of all gateways, are set apart by up to some minutes, and come together again later. */
record ClocksApart(String name, Whose whose) implements Fault {
    private static final int MOST_SECONDS = 300;

    /** Whose clocks. */
    enum Whose {
        BROKERS,
        GATEWAYS
    }

    @Override
    public String what() {
        return switch (whose) {
            case BROKERS -> "the brokers' clocks are minutes apart";
            case GATEWAYS -> "the gateways' clocks are minutes apart";
        };
    }

    @Override
    public Optional<String> lacks() {
        return Clocks.library().isPresent() ? Optional.empty() : Optional.of("libfaketime");
    }

    @Override
    public boolean setsClocks() {
        return true;
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        List<String> said = new ArrayList<>();
        List<String> processes = processes(scene);
        for (String process : processes) {
            int seconds = random.nextInt(2 * MOST_SECONDS + 1) - MOST_SECONDS;
            scene.clocks().set(process, Duration.ofSeconds(seconds));
            said.add("%+d".formatted(seconds));
        }
        return new Blow(
                String.join(", ", said) + " s",
                Blow.seconds(random, 6, 12),
                () -> processes.forEach(process -> scene.clocks().set(process, Duration.ZERO)),
                Blow.Since.HEAL,
                Blow::votesCountAndAreTold);
    }

    private List<String> processes(Scene scene) {
        return switch (whose) {
            case BROKERS ->
                scene.kafka().processes().stream()
                        .limit(Scene.BROKERS)
                        .map(child -> child.name())
                        .toList();
            case GATEWAYS ->
                scene.apps(App.PRODUCER).stream().map(AppProcess::name).toList();
        };
    }
}
