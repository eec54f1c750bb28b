// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.votelog.producer.crypto.GatewayKey;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs promises, all that were asked for within some milliseconds at once: a signature costs as much as a vote does. While votes are few
 * nobody waits; while they are many, each waits for {@link #PACE} at most.
 */
public final class PromiseSigner implements AutoCloseable {
    /** The shortest time between two signatures. */
    static final Duration PACE = Duration.ofMillis(2);

    private static final Logger LOG = LoggerFactory.getLogger(PromiseSigner.class);
    private static final Duration IDLE = Duration.ofMillis(100);

    private final GatewayKey key;
    private final String keyRecord;
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean idle;
    private volatile boolean closed;

    /** A vote that was asked a promise for, and who gets it. */
    private record Asked(PromisedVote vote, Consumer<@Nullable Promise> onPromise) {}

    /** @param key that the log names by now */
    public PromiseSigner(GatewayKey key) {
        this.key = key;
        this.keyRecord = PromisedVote.text(key.record());
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
        } else if (idle) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        long signedNanos = System.nanoTime() - PACE.toNanos();
        while (!closed) {
            if (asked.isEmpty()) {
                idle = true;
                if (asked.isEmpty()) {
                    LockSupport.parkNanos(IDLE.toNanos());
                }
                idle = false;
            } else {
                LockSupport.parkNanos(signedNanos + PACE.toNanos() - System.nanoTime());
                signedNanos = System.nanoTime();
                sign(next());
            }
        }
        signAll();
    }

    private void signAll() {
        for (List<Asked> together = next(); !together.isEmpty(); together = next()) {
            sign(together);
        }
    }

    /** What is signed together next: all that was asked for, up to as many as a tree may have. */
    private List<Asked> next() {
        List<Asked> together = new ArrayList<>();
        Asked one = asked.poll();
        while (one != null) {
            together.add(one);
            one = together.size() < Promise.MOST ? asked.poll() : null;
        }
        return together;
    }

    private void sign(List<Asked> together) {
        Promise.Tree tree = null;
        String signature = null;
        try {
            tree = new Promise.Tree(
                    together.stream().map(one -> one.vote().bytes()).toList());
            signature = PromisedVote.text(key.sign(Promise.signedText(tree.size(), tree.root())));
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
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
