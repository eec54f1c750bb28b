// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.events.BallotStage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes ballots through the steps of their lives. It blocks. Each step may be done twice, here or by another gateway; the
 * second time changes nothing. Within a gateway one thread at a time works on a ballot.
 */
public final class BallotLifecycle {
    private static final Duration READ_BACK = Duration.ofSeconds(10);
    private static final int MAX_END_ROUNDS = 20;
    private static final Duration MIN_PAUSE = Duration.ofMillis(20);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(1);

    private final Catalogue catalogue;
    private final ControlLog log;
    private final Clock clock;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    BallotLifecycle(Catalogue catalogue, ControlLog log, Clock clock) {
        this.catalogue = catalogue;
        this.log = log;
        this.clock = clock;
    }

    /**
     * Does all steps that are due for the ballot, and tells which one comes next.
     *
     * @return {@link NextStep.Wait} or {@link NextStep.Done}
     * @throws LogUnavailableException when the log does not take a record
     */
    public NextStep advance(String ballotId) {
        ReentrantLock lock = locks.computeIfAbsent(ballotId, unused -> new ReentrantLock());
        lock.lock();
        try {
            while (true) {
                ListedBallot ballot = catalogue
                        .find(ballotId)
                        .orElseThrow(() -> new IllegalArgumentException("no ballot " + ballotId));
                NextStep step = NextStep.of(ballot, clock.instant());
                // A step is over when the catalogue has its ready record, so each round of this loop sees the step of
                // the round before.
                if (step instanceof NextStep.Publish) {
                    log.publishEverywhere(ballot);
                    awaitApplied(log.ready(ballot, BallotStage.PUBLISHED));
                } else if (step instanceof NextStep.Close) {
                    log.closeEverywhere(ballot);
                    awaitApplied(log.ready(ballot, BallotStage.CLOSED));
                } else if (step instanceof NextStep.End) {
                    endEverywhere(ballot);
                    awaitApplied(log.ready(ballot, BallotStage.ENDED));
                } else if (step instanceof NextStep.Wait || step instanceof NextStep.Done) {
                    return step;
                } else {
                    throw new IllegalStateException("nobody knows how to do the step " + step);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until this gateway's catalogue has applied the record at that offset of the ballots topic. */
    void awaitApplied(long offset) {
        try {
            catalogue.applied(offset).get(READ_BACK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailableException("the ballots topic could not be read back", e);
        }
    }

    /**
     * Writes ends until every partition has one. The clocks of the partitions' leaders decide and may be behind this gateway's,
     * so a partition has ended when the append time that its leader gave is not before the ballot's end.
     */
    private void endEverywhere(ListedBallot ballot) {
        Instant closesAt = ballot.ballot().closesAt();
        List<Integer> open = log.everyPartition(ballot);
        for (int round = 0; round < MAX_END_ROUNDS; round++) {
            List<Instant> appendedAt = log.end(ballot, open);
            List<Integer> early = new ArrayList<>();
            Duration behind = Duration.ZERO;
            for (int i = 0; i < open.size(); i++) {
                if (appendedAt.get(i).isBefore(closesAt)) {
                    early.add(open.get(i));
                    Duration missing = Duration.between(appendedAt.get(i), closesAt);
                    behind = missing.compareTo(behind) > 0 ? missing : behind;
                }
            }
            if (early.isEmpty()) {
                return;
            }
            open = early;
            pause(behind);
        }
        throw new LogUnavailableException(
                "ballot %s closed at %s by this gateway's clock, and partitions %s of votes are still before it"
                        .formatted(ballot.id(), closesAt, open));
    }

    private static void pause(Duration behind) {
        Duration pause =
                behind.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : behind.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : behind;
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted", e);
        }
    }
}
