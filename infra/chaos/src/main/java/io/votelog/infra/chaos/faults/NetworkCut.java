// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Hosts;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.chaos.system.Ways;
import io.votelog.infra.system.AppProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Packets between some parts of the system are dropped, all of them, and get through again later. */
record NetworkCut(String name, Shape shape) implements Fault {
    /** Between whom. */
    enum Shape {
        /** A broker neither hears nor reaches any other part. */
        BROKER_ALONE,
        /** A streams-app neither hears nor reaches any broker: another one takes its partitions over, and it comes back. */
        STREAMS_ALONE,
        /** Any two parts, one of them a broker, do not hear each other, and hear all others. */
        TWO_APART,
        /** What one of two such parts sends does not get to the other; what the other sends does. */
        ONE_WAY
    }

    @Override
    public String what() {
        return switch (shape) {
            case BROKER_ALONE -> "a broker is cut off from all others";
            case STREAMS_ALONE -> "a streams-app is cut off from all brokers";
            case TWO_APART -> "a broker and another part do not hear each other";
            case ONE_WAY -> "a broker is not heard by another part, or does not hear it";
        };
    }

    @Override
    public Optional<String> lacks() {
        return Hosts.arePossible()
                ? Optional.empty()
                : Optional.of("a network of its own (root, unshare, setpriv and nft)");
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        List<String> all = Ways.names(scene);
        List<String> brokers = all.subList(0, Scene.BROKERS);
        String broker = brokers.get(random.nextInt(brokers.size()));
        List<Hosts.Way> cuts = new ArrayList<>();
        String whom =
                switch (shape) {
                    case BROKER_ALONE -> {
                        all.stream()
                                .filter(other -> !other.equals(broker))
                                .forEach(other -> cuts.addAll(Ways.both(scene, broker, other)));
                        yield broker;
                    }
                    case STREAMS_ALONE -> {
                        AppProcess app = scene.instances()
                                .get(random.nextInt(scene.instances().size()));
                        brokers.forEach(each -> cuts.addAll(Ways.both(scene, app.name(), each)));
                        yield app.name();
                    }
                    case TWO_APART -> {
                        String other = Ways.other(all, broker, random);
                        cuts.addAll(Ways.both(scene, broker, other));
                        yield broker + " | " + other;
                    }
                    case ONE_WAY -> {
                        List<String> pair = new ArrayList<>(List.of(broker, Ways.other(all, broker, random)));
                        Collections.shuffle(pair, random);
                        cuts.add(Ways.one(scene, pair.get(0), pair.get(1)));
                        yield pair.get(0) + " to " + pair.get(1);
                    }
                };
        scene.hosts().cut(cuts);
        // Of two that do not hear each other either may be needed by the other alone, so that nothing goes on before
        // they do.
        Blow.Since since =
                shape == Shape.BROKER_ALONE || shape == Shape.STREAMS_ALONE ? Blow.Since.STRIKE : Blow.Since.HEAL;
        return new Blow(
                whom,
                Blow.seconds(random, 6, 13),
                () -> scene.hosts().cut(List.of()),
                since,
                Blow::votesCountAndAreTold);
    }
}
