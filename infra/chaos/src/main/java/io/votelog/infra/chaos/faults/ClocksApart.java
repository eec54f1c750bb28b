// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** All brokers, or all gateways, are restarted one after the other with clocks that are apart by up to some minutes, and again with right ones later. */
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
    public Blow strike(Scene scene, Random random) {
        List<String> processes = processes(scene);
        List<String> said = new ArrayList<>();
        for (String process : processes) {
            Duration ahead = Duration.ofSeconds(random.nextInt(2 * MOST_SECONDS + 1) - MOST_SECONDS);
            scene.clocks().set(process, ahead);
            said.add("%+d".formatted(ahead.toSeconds()));
        }
        roll(scene);
        return new Blow(
                String.join(", ", said) + " s",
                Blow.seconds(random, 6, 12),
                () -> {
                    processes.forEach(process -> scene.clocks().set(process, Duration.ZERO));
                    roll(scene);
                },
                Blow.Since.HEAL,
                Blow::votesCountAndAreTold);
    }

    private void roll(Scene scene) {
        switch (whose) {
            case BROKERS -> BrokersRolled.roll(scene, 0);
            case GATEWAYS -> AppsRolled.roll(scene, App.PRODUCER);
        }
    }

    private List<String> processes(Scene scene) {
        return switch (whose) {
            case BROKERS ->
                scene.kafka().processes().stream()
                        .limit(Scene.BROKERS)
                        .map(ChildJvm::name)
                        .toList();
            case GATEWAYS ->
                scene.apps(App.PRODUCER).stream().map(AppProcess::name).toList();
        };
    }
}
