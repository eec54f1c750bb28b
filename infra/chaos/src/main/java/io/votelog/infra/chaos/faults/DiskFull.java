// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.chaos.system.FileSizeLimit;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.chaos.system.Sealer;
import io.votelog.infra.system.AppProcess;
import java.util.Optional;
import java.util.Random;

/** No file of a process can grow, as when its disk is full; later there is room again, and what died of it is started again. */
record DiskFull(String name, Disk disk) implements Fault {
    private static final long ALMOST_NOTHING = 4096;

    /** Whose disk is full. */
    enum Disk {
        BROKER,
        STREAMS,
        SEALER
    }

    @Override
    public String what() {
        return switch (disk) {
            case BROKER -> "a broker cannot write any more";
            case STREAMS -> "a streams-app cannot write any more";
            case SEALER -> "the sealer cannot write any more";
        };
    }

    @Override
    public Optional<String> lacks() {
        return FileSizeLimit.isPossible() ? Optional.empty() : Optional.of("prlimit (util-linux)");
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        return switch (disk) {
            case BROKER -> {
                int broker = 1 + random.nextInt(Scene.BROKERS);
                ChildJvm hit = scene.kafka().processes().get(broker - 1);
                FileSizeLimit.set(hit.pid(), ALMOST_NOTHING);
                yield new Blow(
                        hit.name(),
                        Blow.seconds(random, 4, 9),
                        () -> {
                            lift(hit);
                            scene.kafka().restart(broker);
                        },
                        Blow.Since.STRIKE,
                        Blow::votesCount);
            }
            case STREAMS -> {
                AppProcess hit =
                        scene.instances().get(random.nextInt(scene.instances().size()));
                ChildJvm child = hit.child();
                FileSizeLimit.set(child.pid(), ALMOST_NOTHING);
                yield new Blow(
                        hit.name(),
                        Blow.seconds(random, 4, 9),
                        () -> {
                            lift(child);
                            if (!hit.alive()) {
                                scene.startAgain(hit);
                            }
                        },
                        Blow.Since.STRIKE,
                        Blow::votesCountAndAreTold);
            }
            case SEALER -> {
                Sealer sealer = scene.sealer();
                ChildJvm child = sealer.child();
                FileSizeLimit.set(child.pid(), ALMOST_NOTHING);
                yield new Blow(
                        Sealer.NAME,
                        Blow.seconds(random, 2, 6),
                        () -> {
                            lift(child);
                            sealer.start();
                        },
                        Blow.Since.HEAL,
                        new SealedMore(sealer));
            }
        };
    }

    private static void lift(ChildJvm child) {
        if (child.isAlive()) {
            try {
                FileSizeLimit.lift(child.pid());
            } catch (IllegalStateException e) {
                if (child.isAlive()) {
                    throw e;
                }
            }
        }
    }
}
