package io.votelog.streams.topology;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Goes off once for each time that there is something to send on, however often it was started in between: a timer that
 * fires without need would commit without need.
 */
final class EmitTimer {
    private final ProcessorContext<?, ?> context;
    private final Duration delay;
    private final Punctuator emit;

    private @Nullable Cancellable running;

    /** @param delay from the first start to the emission, by the wall clock */
    EmitTimer(ProcessorContext<?, ?> context, Duration delay, Punctuator emit) {
        this.context = context;
        this.delay = delay;
        this.emit = emit;
    }

    /** Starts it, unless it runs. */
    void start() {
        if (running == null) {
            running = context.schedule(delay, PunctuationType.WALL_CLOCK_TIME, this::goOff);
        }
    }

    private void goOff(long nowMs) {
        if (running != null) {
            running.cancel();
            running = null;
        }
        emit.punctuate(nowMs);
    }
}
