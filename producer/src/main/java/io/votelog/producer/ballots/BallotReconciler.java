// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Completes what is half done, whichever gateway began it: publications, early closes, and the ends of ballots whose time has
 * come. Work that another gateway may be doing is left to it for a while.
 */
public final class BallotReconciler implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(BallotReconciler.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration SPREAD = Duration.ofMillis(500);

    /**
     * The longest delay of a timer. The clock of timers stands still while a machine sleeps, so a far moment is approached in
     * steps.
     */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Catalogue catalogue;
    private final BallotLifecycle lifecycle;
    private final Clock clock;
    private final Duration takeOverAfter;

    private final Map<String, ScheduledFuture<?>> planned = new ConcurrentHashMap<>();
    private final Map<String, Duration> failing = new ConcurrentHashMap<>();
    private volatile @Nullable ScheduledThreadPoolExecutor executor;

    /** @param takeOverAfter how long half-done work is left to the gateway that began it */
    BallotReconciler(Catalogue catalogue, BallotLifecycle lifecycle, Clock clock, Duration takeOverAfter) {
        this.catalogue = catalogue;
        this.lifecycle = lifecycle;
        this.clock = clock;
        this.takeOverAfter = takeOverAfter;
        catalogue.onChange(ballot -> plan(ballot.id(), takeOverAfter.plus(jitter())));
    }

    /** Has this gateway work on the ballot at once. */
    public void takeOn(String ballotId) {
        plan(ballotId, Duration.ZERO);
    }

    @Override
    public void start() {
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "finisher");
            thread.setDaemon(true);
            return thread;
        });
        threads.setRemoveOnCancelPolicy(true);
        executor = threads;
        catalogue.all().forEach(ballot -> plan(ballot.id(), takeOverAfter.plus(jitter())));
    }

    @Override
    public void stop() {
        ScheduledThreadPoolExecutor threads = executor;
        executor = null;
        if (threads != null) {
            threads.shutdownNow();
            try {
                if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                    LOG.warn("Work at a ballot is still under way; another gateway will finish it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    /** It starts when the catalogue has been read, and stops before the catalogue. */
    @Override
    public int getPhase() {
        return 1;
    }

    /** Plans the next work on a ballot, in place of an earlier plan: the newest plan was made with the most knowledge. */
    private void plan(String ballotId, Duration delay) {
        ScheduledThreadPoolExecutor threads = executor;
        if (threads == null) {
            return;
        }
        planned.compute(ballotId, (id, before) -> {
            if (before != null) {
                before.cancel(false);
            }
            try {
                return threads.schedule(() -> work(id), delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopped) {
                return null;
            }
        });
    }

    private void work(String ballotId) {
        try {
            NextStep next = lifecycle.advance(ballotId);
            if (failing.remove(ballotId) != null) {
                LOG.info("The work at ballot {} that failed before is done", ballotId);
            }
            if (next instanceof NextStep.Wait waiting) {
                Duration left = Duration.between(clock.instant(), waiting.until());
                plan(ballotId, left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left.plus(jitter()));
            }
        } catch (RuntimeException e) {
            Duration before = failing.get(ballotId);
            Duration retry = before == null ? FIRST_RETRY : before.multipliedBy(2);
            if (retry.compareTo(LAST_RETRY) > 0) {
                retry = LAST_RETRY;
            }
            failing.put(ballotId, retry);
            if (before == null && isRunning()) {
                LOG.error(
                        "The work at ballot {} fails and is tried again until it is done: {}",
                        ballotId,
                        e.getMessage(),
                        e);
            }
            plan(ballotId, retry.plus(jitter()));
        }
    }

    /** A random delay, so that the gateways work at different moments and mostly one of them does the work. */
    private static Duration jitter() {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(SPREAD.toMillis()));
    }
}
