// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import java.time.Duration;
import java.util.Random;

/** All brokers are stopped and started again as an operator does it, one after the other. */
record BrokersRolled(String name) implements Fault {
    @Override
    public String what() {
        return "rolling restart of the brokers";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        int first = random.nextInt(Scene.BROKERS);
        for (int number = 0; number < Scene.BROKERS; number++) {
            scene.kafka().restart(1 + (first + number) % Scene.BROKERS);
        }
        return new Blow("all brokers", Duration.ZERO, () -> {}, Blow.Since.HEAL, Blow::votesCount);
    }
}
