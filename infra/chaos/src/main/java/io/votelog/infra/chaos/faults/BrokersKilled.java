// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** One broker, or two of three, are killed (SIGKILL), and started again later. */
record BrokersKilled(String name, int count) implements Fault {
    @Override
    public String what() {
        return count == 1 ? "kill -9 of a broker" : "kill -9 of %d of %d brokers".formatted(count, Scene.BROKERS);
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        List<Integer> brokers =
                new ArrayList<>(IntStream.rangeClosed(1, Scene.BROKERS).boxed().toList());
        Collections.shuffle(brokers, random);
        List<Integer> hit = List.copyOf(brokers.subList(0, count));
        hit.forEach(scene.kafka()::kill);
        // With two of three away nothing can be acknowledged: two must have a record.
        Blow.Since since = count == 1 ? Blow.Since.STRIKE : Blow.Since.HEAL;
        return new Blow(
                "broker " + String.join(", ", hit.stream().map(String::valueOf).toList()),
                Blow.seconds(random, 4, 9),
                () -> hit.forEach(scene.kafka()::restart),
                since,
                Blow::votesCount);
    }
}
