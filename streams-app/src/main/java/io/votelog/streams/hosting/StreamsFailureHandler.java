// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.streams.topology.voters.LogTruncatedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens when a thread of Kafka Streams fails. The thread is replaced, since brokers that were away come back. An
 * instance that fails too often gives up and reports it. An instance whose memory is too small for what it reads gives up at
 * once, since the next thread would read the same. Where a topic that is made from the log has lost its end, Kafka Streams is started anew. A
 * log that was cut stops the application.
 */
final class StreamsFailureHandler implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsFailureHandler.class);
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final String name;
    private final int replacements;
    private final LongSupplier nanoTime;
    private final UnaryOperator<String> positions;
    private final Reaction reaction;
    private final Deque<Long> failures = new ArrayDeque<>();

    /** What is done after a failure. None of the methods may wait for the thread that failed. */
    interface Reaction {
        /** Starts a search for the cause of a failure. */
        void failed();

        /** Reports that the instance gave up, or that it started anew. */
        void broken(boolean broken);

        /** Stops this Kafka Streams and starts it anew, on another thread. */
        void startAnew();

        /** Ends the application because the log was cut. */
        void cut();
    }

    /**
     * The handler for the threads of one Kafka Streams.
     *
     * @param name the name of that Kafka Streams in messages
     * @param replacements how many threads may be replaced within five minutes
     * @param positions for a thread's name, the positions up to which it has processed what it reads, in words
     */
    StreamsFailureHandler(
            String name, int replacements, LongSupplier nanoTime, UnaryOperator<String> positions, Reaction reaction) {
        this.name = name;
        this.replacements = replacements;
        this.nanoTime = nanoTime;
        this.positions = positions;
        this.reaction = reaction;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable failure) {
        LogTruncatedException truncated = causeOf(failure, LogTruncatedException.class);
        if (truncated != null) {
            LOG.error("the application stops: {}", truncated.getMessage());
            reaction.cut();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (causeOf(failure, VirtualMachineError.class) != null) {
            String thread = Thread.currentThread().getName();
            LOG.error(
                    "{}: {} of thread {}, which had processed {}. A record behind there takes more memory than there is; no"
                            + " other thread takes its place, and this instance reports itself as broken",
                    name,
                    rootOf(failure).toString(),
                    thread,
                    positions.apply(thread));
            reaction.broken(true);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        reaction.failed();
        long now = nanoTime.getAsLong();
        while (!failures.isEmpty() && now - failures.peekFirst() > WINDOW_NANOS) {
            failures.removeFirst();
        }
        failures.addLast(now);
        if (failures.size() <= replacements && causeOf(failure, InvalidOffsetException.class) != null) {
            // Brokers that lost power keep of each topic what their disks have. The thread of the global stores cannot
            // be
            // replaced.
            LOG.error(
                    "{}: a topic that it reads has lost its end: it is started anew, {} of at most {} in five minutes: {}",
                    name,
                    failures.size(),
                    replacements,
                    rootOf(failure).toString());
            reaction.startAnew();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (failures.size() <= replacements) {
            LOG.error(
                    "{}: a stream thread failed and is replaced, {} of at most {} in five minutes: {}",
                    name,
                    failures.size(),
                    replacements,
                    rootOf(failure).toString(),
                    failure);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error(
                "{}: stream threads failed {} times in five minutes: this instance gives up and reports itself as broken. The"
                        + " last cause: {}",
                name,
                failures.size(),
                rootOf(failure).toString(),
                failure);
        reaction.broken(true);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** Forgets all failures, once their cause is out of the way. */
    synchronized void reset() {
        failures.clear();
        reaction.broken(false);
    }

    private static <T extends Throwable> @Nullable T causeOf(Throwable failure, Class<T> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
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
