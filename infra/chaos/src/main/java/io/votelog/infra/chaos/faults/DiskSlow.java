// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.chaos.system.Scene;
import java.time.Duration;
import java.util.Random;

/** A broker's disk takes its time for each append to a log. */
record DiskSlow(String name) implements Fault {
    @Override
    public String what() {
        return "each append to a broker's logs takes up to half a second";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        ChildJvm hit = scene.kafka().processes().get(random.nextInt(Scene.BROKERS));
        Duration wait = Duration.ofMillis(20 + random.nextInt(481));
        scene.slowDisk(hit.name(), wait);
        return new Blow(
                "%s, %d ms".formatted(hit.name(), wait.toMillis()),
                Blow.seconds(random, 6, 13),
                () -> scene.slowDisk(hit.name(), Duration.ZERO),
                Blow.Since.HEAL,
                Blow::votesCount);
    }
}
