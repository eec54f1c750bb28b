// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import java.util.Optional;
import java.util.Random;

/** A kind of fault. */
public interface Fault {
    /** As the command line and the tables have it: small letters and hyphens. */
    String name();

    /** What happens, in a few words. */
    String what();

    /** What this machine lacks for it, as a name of a package or a program; empty where it can happen here. */
    default Optional<String> lacks() {
        return Optional.empty();
    }

    /**
     * Has it happen once, to a system that is whole.
     *
     * @param random draws whom it hits and how long it lasts
     */
    Blow strike(Scene scene, Random random);
}
