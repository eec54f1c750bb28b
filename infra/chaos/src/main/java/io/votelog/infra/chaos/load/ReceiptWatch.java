// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks for the verdicts on some of the votes that were acknowledged, at one instance after the other, and keeps what is told. */
public final class ReceiptWatch {
    private static final int ASKERS = 12;
    private static final int WAITING = 24;
    private static final int MOST_TRIES = 40;
    private static final int WAIT_SECONDS = 2;
    private static final long PAUSE_MS = 250;

    private final ReadSide readSide;
    private final Ledger ledger;
    private final Pulse pulse;
    private final AtomicInteger next = new AtomicInteger();
    private final ThreadPoolExecutor askers =
            new ThreadPoolExecutor(ASKERS, ASKERS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING), work -> {
                Thread thread = new Thread(work, "receipts");
                thread.setDaemon(true);
                return thread;
            });

    public ReceiptWatch(ReadSide readSide, Ledger ledger, Pulse pulse) {
        this.readSide = readSide;
        this.ledger = ledger;
        this.pulse = pulse;
    }

    /** Asks for the verdict on this vote, unless enough others are asked for. */
    void offer(String ballotId, Answer.Acked vote, long sentNs) {
        try {
            askers.execute(() -> ask(ballotId, vote, sentNs));
        } catch (RejectedExecutionException e) {
            // There are enough others.
        }
    }

    private void ask(String ballotId, Answer.Acked vote, long sentNs) {
        try {
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                int instance = Math.floorMod(next.getAndIncrement(), readSide.count());
                Optional<String> verdict = readSide.verdict(instance, ballotId, vote, WAIT_SECONDS);
                if (verdict.isPresent()) {
                    ledger.told(vote.place(), verdict.get());
                    pulse.told(vote.place().partition(), sentNs);
                    return;
                }
                Thread.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void stop() {
        askers.shutdownNow();
    }
}
