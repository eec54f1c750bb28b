// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Some two hundred votes a second on one ballot: most count, some are retries, some have too few picks. */
final class SteadyVotes implements AutoCloseable {
    private static final long GAP_MS = 5;

    private final LogWriter log;
    private final String ballotId;
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> writing;
    private final List<LogWriter.Written> accepted = new ArrayList<>();
    private long written;
    private long retried;
    private long refused;

    SteadyVotes(LogWriter log, String ballotId) {
        this.log = log;
        this.ballotId = ballotId;
        this.writing = writer.scheduleWithFixedDelay(this::write, 0, GAP_MS, TimeUnit.MILLISECONDS);
    }

    private synchronized void write() {
        long number = written++;
        if (number % 10 == 9) {
            log.vote(ballotId, "a2");
            refused++;
        } else if (number % 10 == 4) {
            LogWriter.Written first = accepted.get(accepted.size() - 1);
            log.vote(ballotId, first.voter(), first.voteId(), "a2", "b2");
            retried++;
        } else {
            accepted.add(log.vote(ballotId, "a2", "b2"));
        }
    }

    /** The newest votes that count. */
    synchronized List<LogWriter.Written> last(int count) {
        return List.copyOf(accepted.subList(accepted.size() - count, accepted.size()));
    }

    synchronized long accepted() {
        return accepted.size();
    }

    synchronized long retried() {
        return retried;
    }

    synchronized long refused() {
        return refused;
    }

    /** Returns when the last one is written. */
    void stop() throws InterruptedException {
        if (writing.isDone()) {
            throw new IllegalStateException("the writer has failed");
        }
        writing.cancel(false);
        writer.shutdown();
        if (!writer.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a vote is still being written");
        }
    }

    @Override
    public void close() {
        writer.shutdownNow();
    }
}
