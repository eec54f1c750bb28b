// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.votelog.producer.crypto.GatewayKey;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs promises, all that were asked for within some milliseconds at once: a signature costs as much as ten votes do. While votes are few
 * nobody waits; while they are many, each waits for {@link #PACE} at most.
 */
public final class PromiseSigner implements AutoCloseable {
    /** The shortest time between two signatures. */
    static final Duration PACE = Duration.ofMillis(5);

    private static final Logger LOG = LoggerFactory.getLogger(PromiseSigner.class);
    private static final long IDLE_MS = 100;

    private final GatewayKey key;
    private final byte[] keyRecord;
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** A vote that was asked a promise for, and who gets it. */
    private record Asked(PromisedVote vote, Consumer<@Nullable Promise> onPromise) {}

    /** @param key that the log names by now */
    public PromiseSigner(GatewayKey key) {
        this.key = key;
        this.keyRecord = key.record();
        this.thread = new Thread(this::run, "promises");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Promises what the log has acknowledged.
     *
     * @param onPromise is called once, on any thread; with null where signing fails, since the vote is recorded all the same. It must not
     *     block
     */
    public void promise(PromisedVote vote, Consumer<@Nullable Promise> onPromise) {
        asked.add(new Asked(vote, onPromise));
        if (closed) {
            signAll();
        }
    }

    private void run() {
        long signedNanos = System.nanoTime() - PACE.toNanos();
        List<Asked> together = new ArrayList<>();
        try {
            while (!closed) {
                Asked first = asked.poll(IDLE_MS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    LockSupport.parkNanos(signedNanos + PACE.toNanos() - System.nanoTime());
                    signedNanos = System.nanoTime();
                    together.add(first);
                    asked.drainTo(together, Promise.MOST - 1);
                    sign(together);
                    together.clear();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        signAll();
    }

    private void signAll() {
        List<Asked> together = new ArrayList<>();
        while (asked.drainTo(together, Promise.MOST) > 0) {
            sign(together);
            together.clear();
        }
    }

    private void sign(List<Asked> together) {
        Promise.Tree tree = null;
        byte[] signature = null;
        try {
            tree = new Promise.Tree(
                    together.stream().map(one -> one.vote().text()).toList());
            signature = key.sign(Promise.signedText(tree.size(), tree.root()));
        } catch (RuntimeException e) {
            LOG.error("{} votes are answered without a promise", together.size(), e);
        }
        for (int at = 0; at < together.size(); at++) {
            Promise promise = tree == null || signature == null
                    ? null
                    : new Promise(at, tree.size(), tree.path(at), signature, keyRecord);
            try {
                together.get(at).onPromise().accept(promise);
            } catch (RuntimeException e) {
                LOG.error("A promise reached nobody", e);
            }
        }
    }

    /** Signs what was asked for so far, and from then on at once. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
