// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.util.HashSet;
import java.util.Set;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;

/** Liveness of this instance: it is broken while one of its Kafka Streams has given up. */
final class Liveness {
    private final ApplicationContext context;
    private final Set<String> broken = new HashSet<>();

    Liveness(ApplicationContext context) {
        this.context = context;
    }

    /** Takes the word of one of them. */
    synchronized void report(String name, boolean isBroken) {
        if (isBroken ? broken.add(name) : broken.remove(name)) {
            AvailabilityChangeEvent.publish(context, broken.isEmpty() ? LivenessState.CORRECT : LivenessState.BROKEN);
        }
    }
}
