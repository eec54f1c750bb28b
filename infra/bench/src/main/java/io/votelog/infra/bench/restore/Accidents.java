// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

import io.votelog.infra.bench.log.ConsumerPerf;
import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.log.Outputs;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Has each accident happen to an instance that has counted everything and that a trickle of votes keeps busy. Behind each accident the results
 * and the number of verdicts must be those of the log.
 */
final class Accidents {
    private static final Duration BETWEEN_VOTES = Duration.ofMillis(10);
    private static final Duration VOTES_BEFORE = Duration.ofSeconds(1);
    private static final int VOTES_BEHIND = 100;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    /** A copy of the same rows is as large but for what stands between them. */
    private static final double SAME_SIZE = 0.9;

    private final MadeLog log;
    private final Outputs outputs;
    private final ConsumerPerf perf;
    private final CountingApp first;
    private final CountingApp second;

    /**
     * Accidents of the first instance.
     *
     * @param first need not have counted the log yet; it does not run
     * @param second another instance, for those accidents after which one takes over
     */
    Accidents(MadeLog log, Outputs outputs, ConsumerPerf perf, CountingApp first, CountingApp second) {
        this.log = log;
        this.outputs = outputs;
        this.perf = perf;
        this.first = first;
        this.second = second;
    }

    /** Has it happen once. Before and afterwards no instance runs. */
    Measured strike(Accident accident) {
        return switch (accident) {
            case KILL -> startAgain(false);
            case DISK_LOST -> startAgain(true);
            case TAKE_OVER -> takeOver(false);
            case TAKE_OVER_STANDBY -> takeOver(true);
        };
    }

    private Measured startAgain(boolean diskLost) {
        startFirst();
        killUnderVotes();
        if (diskLost) {
            first.loseDisk();
        }
        log.writeMore(VOTES_BEHIND);
        long fromNs = System.nanoTime();
        first.start();
        try (first) {
            return measured(first, fromNs);
        }
    }

    private Measured takeOver(boolean standby) {
        String replicas = "--votelog.streams.standby-replicas=" + (standby ? 1 : 0);
        startFirst(replicas);
        second.loseDisk();
        second.start(replicas);
        try (second) {
            until("the partitions are shared", this::areShared);
            if (standby) {
                until("each has a copy of what the other counts", this::areCopied);
            }
            long fromNs = killUnderVotes();
            log.writeMore(VOTES_BEHIND);
            return measured(second, fromNs);
        } finally {
            first.close();
        }
    }

    private void startFirst(String... arguments) {
        first.start(arguments);
        BackAgain.await(first, System.nanoTime());
    }

    /** Returns when the kill began. */
    private long killUnderVotes() {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> votes = CompletableFuture.runAsync(() -> log.trickle(BETWEEN_VOTES, enough::get));
        TestSystem.pause(VOTES_BEFORE);
        long fromNs = System.nanoTime();
        first.kill();
        enough.set(true);
        try {
            votes.join();
        } catch (CompletionException e) {
            throw new BenchException("votes cannot be written: " + e.getCause());
        }
        return fromNs;
    }

    private Measured measured(CountingApp app, long fromNs) {
        BackAgain back = BackAgain.await(app, fromNs);
        double diskBytes = app.diskBytes() / (double) log.accepted();
        long heapKb = app.heapKb();
        outputs.requireResults(Map.of());
        app.close();
        return new Measured(back, diskBytes, heapKb, log.records() / perf.recordsPerSecond("consumer"));
    }

    private boolean areShared() {
        int ofFirst = first.partitions();
        int ofSecond = second.partitions();
        return ofFirst + ofSecond == log.partitions() && ofFirst > 0 && ofSecond >= log.partitions() / 2;
    }

    private boolean areCopied() {
        long enough = (long) (SAME_SIZE * first.diskBytes());
        long before = second.diskBytes();
        TestSystem.pause(LOOK_EVERY);
        return before > enough && second.diskBytes() == before && areShared();
    }

    private void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            first.requireAlive();
            second.requireAlive();
            if (System.nanoTime() > end) {
                throw new BenchException(second.obituary("it is waited in vain until " + what));
            }
            TestSystem.pause(LOOK_EVERY);
        }
    }
}
