// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.AppProcess;
import java.util.Random;

/**
 * A streams-app stands still (SIGSTOP) for longer than its session and its transactions may last, so that another one takes its partitions;
 * then it goes on (SIGCONT), believes that they are its own, and must be kept from writing.
 */
record StreamsPaused(String name) implements Fault {
    /** The session lasts 6 s. */
    private static final int LEAST_SECONDS = 8;

    private static final int MOST_SECONDS = 13;

    @Override
    public String what() {
        return "SIGSTOP of a streams-app past its session, then SIGCONT";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        AppProcess hit = scene.instances().get(random.nextInt(scene.instances().size()));
        hit.child().pause();
        return new Blow(
                hit.name(),
                Blow.seconds(random, LEAST_SECONDS, MOST_SECONDS),
                () -> hit.child().resume(),
                Blow.Since.STRIKE,
                Blow::votesCountAndAreTold);
    }
}
