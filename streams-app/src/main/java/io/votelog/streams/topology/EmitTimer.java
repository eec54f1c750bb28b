// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Goes off once for each time that there is something to send on, however often it was started in between: a timer that
 * fires without need would commit without need. All timers of a period and phase go off together, so that one commit, asked
 * for at once, carries what all tasks of a thread have sent.
 */
final class EmitTimer {
    private final ProcessorContext<?, ?> context;
    private final long periodMs;
    private final long phaseMs;
    private final Punctuator emit;

    private @Nullable Cancellable running;

    /**
     * A timer, not yet started.
     *
     * @param period between two times at which it may go off, by the wall clock
     * @param phase of these times, from the beginning of a period
     */
    EmitTimer(ProcessorContext<?, ?> context, Duration period, Duration phase, Punctuator emit) {
        this.context = context;
        this.periodMs = period.toMillis();
        this.phaseMs = phase.toMillis();
        this.emit = emit;
    }

    /** Starts it, unless it runs. */
    void start() {
        if (running == null) {
            long inPeriod = Math.floorMod(context.currentSystemTimeMs() - phaseMs, periodMs);
            running = context.schedule(
                    Duration.ofMillis(periodMs - inPeriod), PunctuationType.WALL_CLOCK_TIME, this::fire);
        }
    }

    private void fire(long nowMs) {
        if (running != null) {
            running.cancel();
            running = null;
        }
        emit.punctuate(nowMs);
        context.commit();
    }
}
