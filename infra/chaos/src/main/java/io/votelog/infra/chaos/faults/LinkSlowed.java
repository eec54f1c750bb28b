// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Hosts;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.chaos.system.Ways;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What a broker and another part send to each other waits in a queue, as before a line that is too narrow for it. */
record LinkSlowed(String name) implements Fault {
    private static final int LEAST_KILOBITS = 50;
    private static final int MOST_KILOBITS = 500;

    @Override
    public String what() {
        return "a broker and another part have a slow link between them";
    }

    @Override
    public Optional<String> lacks() {
        return Hosts.arePossible() && Hosts.canSlow()
                ? Optional.empty()
                : Optional.of("a network of its own (root, unshare, setpriv and nft) and tc with its class htb");
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        List<String> all = Ways.names(scene);
        String broker = all.get(random.nextInt(Scene.BROKERS));
        String other = Ways.other(all, broker, random);
        int kilobits = LEAST_KILOBITS + random.nextInt(MOST_KILOBITS - LEAST_KILOBITS + 1);
        scene.hosts().slow(Ways.both(scene, broker, other), kilobits);
        return new Blow(
                "%s - %s, %d kbit/s".formatted(broker, other, kilobits),
                Blow.seconds(random, 6, 13),
                () -> scene.hosts().slowNoMore(),
                Blow.Since.HEAL,
                Blow::votesCountAndAreTold);
    }
}
