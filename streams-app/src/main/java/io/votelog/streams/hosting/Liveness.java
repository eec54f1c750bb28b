// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import java.util.HashSet;
import java.util.Set;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;

/** The liveness state of this instance: broken while one of its Kafka Streams has given up. */
final class Liveness {
    private final ApplicationContext context;
    private final Set<String> broken = new HashSet<>();

    Liveness(ApplicationContext context) {
        this.context = context;
    }

    /** Sets whether the Kafka Streams of this name has given up. */
    synchronized void report(String name, boolean isBroken) {
        if (isBroken ? broken.add(name) : broken.remove(name)) {
            AvailabilityChangeEvent.publish(context, broken.isEmpty() ? LivenessState.CORRECT : LivenessState.BROKEN);
        }
    }
}
