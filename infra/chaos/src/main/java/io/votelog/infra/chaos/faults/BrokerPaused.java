// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import java.util.Random;

/** A broker stands still (SIGSTOP), with all its connections, and goes on later (SIGCONT). */
record BrokerPaused(String name) implements Fault {
    @Override
    public String what() {
        return "SIGSTOP of a broker, then SIGCONT";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        int broker = 1 + random.nextInt(Scene.BROKERS);
        scene.kafka().pause(broker);
        return new Blow(
                "broker " + broker,
                Blow.seconds(random, 5, 11),
                () -> scene.kafka().resume(broker),
                Blow.Since.STRIKE,
                Blow::votesCount);
    }
}
