// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once, at the next beginning of a period, however often the timer was started before. It does not fire without
 * need, since each firing asks for a commit. All timers of the same period and phase fire together, so one commit carries what
 * all tasks of a thread have sent.
 *
 * <p>Where a commit takes longer than a period, periods are twice, four times, … as long, so that at least half of the time is left for
 * records. Otherwise a thread would commit all the time on a machine that is too busy, with a few records between two commits, and fall
 * ever further behind.
 */
final class EmitTimer {
    /** The longest that a period becomes: transactions must end before brokers give them up, after four seconds. */
    private static final long MOST_MS = 2_000;

    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final ProcessorContext<?, ?> context;
    private final long periodMs;
    private final long phaseMs;
    private final Punctuator emit;
    private final LongSupplier nanos;

    private @Nullable Cancellable running;
    private @Nullable Cancellable measuring;
    private long committingSinceNs;
    private long commitMs;

    /**
     * A timer that is not started.
     *
     * @param period the time between two moments at which the timer may fire, by the wall clock
     * @param phase the distance of these moments from the beginning of a period
     * @param emit the action, which gets the wall-clock time in milliseconds since 1970
     */
    EmitTimer(ProcessorContext<?, ?> context, Duration period, Duration phase, Punctuator emit) {
        this(context, period, phase, emit, System::nanoTime);
    }

    /** @param nanos tells how long a commit takes */
    EmitTimer(ProcessorContext<?, ?> context, Duration period, Duration phase, Punctuator emit, LongSupplier nanos) {
        this.context = context;
        this.periodMs = period.toMillis();
        this.phaseMs = phase.toMillis();
        this.emit = emit;
        this.nanos = nanos;
    }

    /** Starts the timer, unless it is running. */
    void start() {
        if (running == null) {
            long period = pacedMs();
            long inPeriod = Math.floorMod(context.currentSystemTimeMs() - phaseMs, period);
            running =
                    context.schedule(Duration.ofMillis(period - inPeriod), PunctuationType.WALL_CLOCK_TIME, this::fire);
        }
    }

    /** The same for all tasks of a thread, which commit together, so that their timers go on firing together. */
    private long pacedMs() {
        long paced = periodMs;
        while (commitMs > periodMs && paced < 2 * commitMs && 2 * paced <= MOST_MS) {
            paced *= 2;
        }
        return paced;
    }

    private void fire(long nowMs) {
        running = ended(running);
        measuring = ended(measuring);
        emit.punctuate(nowMs);
        context.commit();
        committingSinceNs = nanos.getAsLong();
        // A thread that commits looks at its timers next when it has done so.
        measuring = context.schedule(AT_ONCE, PunctuationType.WALL_CLOCK_TIME, this::committed);
    }

    private void committed(long nowMs) {
        measuring = ended(measuring);
        commitMs = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - committingSinceNs);
    }

    private static @Nullable Cancellable ended(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
        return null;
    }
}
