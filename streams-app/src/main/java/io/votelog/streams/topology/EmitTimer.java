// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once, at the next beginning of a period, however often the timer was started before. It does not fire without
 * need, since each firing asks for a commit. All timers of the same period and phase fire together, so one commit carries what
 * all tasks of a thread have sent.
 */
final class EmitTimer {
    private final ProcessorContext<?, ?> context;
    private final EmitPace pace;
    private final Duration least;
    private final long phaseMs;
    private final Punctuator emit;

    private @Nullable Cancellable running;

    /**
     * A timer that is not started.
     *
     * @param pace says how long a period is, by the wall clock
     * @param least the least that a period is
     * @param phase the distance of the moments at which the timer may fire from the beginning of a period
     * @param emit the action, which gets the wall-clock time in milliseconds since 1970
     */
    EmitTimer(ProcessorContext<?, ?> context, EmitPace pace, Duration least, Duration phase, Punctuator emit) {
        this.context = context;
        this.pace = pace;
        this.least = least;
        this.phaseMs = phase.toMillis();
        this.emit = emit;
    }

    /** Starts the timer, unless it is running. */
    void start() {
        if (running == null) {
            long periodMs = pace.periodMs(least);
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
