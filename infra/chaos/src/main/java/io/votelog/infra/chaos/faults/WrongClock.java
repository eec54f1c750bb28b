// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.AppProcess;
import java.time.Duration;
import java.util.Random;

/** A broker or a gateway is restarted with a clock that is up to five minutes before or behind, and again with the right one later. */
record WrongClock(String name, Whose whose) implements Fault {
    private static final int LEAST_SECONDS = 10;
    private static final int MOST_SECONDS = 300;

    /** Whose clock. */
    enum Whose {
        BROKER,
        GATEWAY
    }

    @Override
    public String what() {
        return switch (whose) {
            case BROKER -> "a broker's clock is minutes before or behind the others'";
            case GATEWAY -> "a gateway's clock is minutes before or behind";
        };
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        int seconds = LEAST_SECONDS + random.nextInt(MOST_SECONDS - LEAST_SECONDS + 1);
        Duration ahead = Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds);
        String hit;
        Runnable restart;
        switch (whose) {
            case BROKER -> {
                int broker = 1 + random.nextInt(Scene.BROKERS);
                hit = scene.kafka().processes().get(broker - 1).name();
                restart = () -> scene.kafka().restart(broker);
            }
            case GATEWAY -> {
                AppProcess gateway =
                        scene.gateways().get(random.nextInt(scene.gateways().size()));
                hit = gateway.name();
                restart = () -> scene.restart(gateway);
            }
            default -> throw new IllegalStateException("nobody has " + whose);
        }
        scene.clocks().set(hit, ahead);
        restart.run();
        return new Blow(
                "%s %+d s".formatted(hit, ahead.toSeconds()),
                Blow.seconds(random, 6, 12),
                () -> {
                    scene.clocks().set(hit, Duration.ZERO);
                    restart.run();
                },
                Blow.Since.HEAL,
                Blow::votesCountAndAreTold);
    }
}
