// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.chaos.system.Scene;
import java.util.Random;

/** The controller is killed (SIGKILL), and started again later. Brokers go on with what it told them last. */
record ControllerKilled(String name) implements Fault {
    @Override
    public String what() {
        return "kill -9 of the controller";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        scene.kafka().killController();
        return new Blow(
                KafkaCluster.CONTROLLER,
                Blow.seconds(random, 3, 9),
                () -> scene.kafka().restartController(),
                Blow.Since.STRIKE,
                Blow::votesCount);
    }
}
