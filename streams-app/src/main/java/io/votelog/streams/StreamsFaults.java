package io.votelog.streams;

import io.votelog.streams.topology.LogTruncatedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a thread that fails: it is replaced, for a broker that was away comes back; an instance that goes on
 * failing gives up and says so to whoever watches it; and a log that was cut stops the application.
 */
final class StreamsFaults implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsFaults.class);
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final int replacements;
    private final LongSupplier nanoTime;
    private final Runnable broken;
    private final Runnable stop;
    private final Deque<Long> failures = new ArrayDeque<>();

    /**
     * @param replacements in five minutes
     * @param broken told when the instance gives up
     * @param stop ends the application, from another thread than the caller's
     */
    StreamsFaults(int replacements, LongSupplier nanoTime, Runnable broken, Runnable stop) {
        this.replacements = replacements;
        this.nanoTime = nanoTime;
        this.broken = broken;
        this.stop = stop;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
        LogTruncatedException truncated = truncated(failure);
        if (truncated != null) {
            LOG.error("the application stops: {}", truncated.getMessage());
            stop.run();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        long now = nanoTime.getAsLong();
        while (!failures.isEmpty() && now - failures.peekFirst() > WINDOW_NANOS) {
            failures.removeFirst();
        }
        failures.addLast(now);
        if (failures.size() <= replacements) {
            LOG.error(
                    "a stream thread failed and is replaced, {} of at most {} in five minutes: {}",
                    failures.size(),
                    replacements,
                    rootOf(failure).toString(),
                    failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error(
                "stream threads failed {} times in five minutes: this instance counts no more and reports itself as"
                        + " broken. The last cause: {}",
                failures.size(),
                rootOf(failure).toString(),
                failure);
        broken.run();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static @Nullable LogTruncatedException truncated(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LogTruncatedException truncated) {
                return truncated;
            }
        }
        return null;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
