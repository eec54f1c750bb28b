// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** Voters who come at a rate of their own, however fast they are answered. Where too many wait for answers, those who come stay out. */
public final class Voters {
    private static final int MOST_AT_ONCE = 120;
    private static final long TICK_MS = 5;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

    private final int perSecond;
    private final IntFunction<Voter> voters;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(Voters::thread);
    private final ThreadPoolExecutor pool =
            new ThreadPoolExecutor(0, MOST_AT_ONCE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Voters::thread);
    private final ExecutorService others = Executors.newCachedThreadPool(Voters::thread);
    private final AtomicLong stayedOut = new AtomicLong();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger came = new AtomicInteger();
    private long begunNs;
    private long due;

    /** @param perSecond voters who come a second */
    public Voters(
            long seed,
            int perSecond,
            Elections elections,
            Gateways gateways,
            Ledger ledger,
            Pulse pulse,
            ReceiptWatch receipts) {
        this.perSecond = perSecond;
        Executor elsewhere = others;
        this.voters = number -> new Voter(seed, number, elections, gateways, ledger, pulse, receipts, elsewhere);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "voters");
        thread.setDaemon(true);
        return thread;
    }

    public void start() {
        begunNs = System.nanoTime();
        clock.scheduleAtFixedRate(this::sendDue, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void sendDue() {
        long target = (System.nanoTime() - begunNs) / 1_000 * perSecond / 1_000_000;
        for (; due < target; due++) {
            int number = (int) due;
            try {
                pool.execute(() -> vote(number));
                came.incrementAndGet();
            } catch (RejectedExecutionException e) {
                stayedOut.incrementAndGet();
            }
        }
    }

    private void vote(int number) {
        try {
            voters.apply(number).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failed.incrementAndGet();
            e.printStackTrace();
        }
    }

    /** Lets no more come, and waits until those who came are done; says whether they are. */
    public boolean stop() throws InterruptedException {
        clock.shutdownNow();
        clock.awaitTermination(1, TimeUnit.SECONDS);
        pool.shutdown();
        boolean done = pool.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
        pool.shutdownNow();
        others.shutdownNow();
        return done && failed.get() == 0;
    }

    public int came() {
        return came.get();
    }

    /** How many stayed out since too many waited. */
    public long stayedOut() {
        return stayedOut.get();
    }
}
