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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs promises, all that were asked for within some milliseconds at once: a signature costs as much as a vote does. While votes are few
 * nobody waits; while they are many, each waits for {@link #PACE}, or a little longer where more wait than a tree may have.
 */
public final class PromiseSigner implements AutoCloseable {
    /** The time between two signatures, about. */
    static final Duration PACE = Duration.ofMillis(2);

    /** As many votes may wait to be promised; those that come while there are more are answered without a promise. */
    static final int MOST_WAITING = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(PromiseSigner.class);
    private static final Duration IDLE = Duration.ofMillis(100);

    private final GatewayKey key;
    private final String keyRecord;
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder unpromised = new LongAdder();
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

    /** The votes that are acknowledged and wait to be promised. */
    int waiting() {
        return waiting.get();
    }

    /** How many votes were answered without the promise that they were asked for. */
    long unpromised() {
        return unpromised.sum();
    }

    /**
     * Promises what the log has acknowledged.
     *
     * @param onPromise is called once, on any thread; with null where signing fails or is too far behind, since the vote is recorded all the
     *     same. It must not block
     */
    public void promise(PromisedVote vote, Consumer<@Nullable Promise> onPromise) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            unpromised.increment();
            onPromise.accept(null);
            return;
        }
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
        waiting.addAndGet(-together.size());
        return together;
    }

    /** Whatever goes wrong, an error of the JVM included, each of them is answered, and those who ask later are too. */
    private void sign(List<Asked> together) {
        List<Promise> promises = List.of();
        try {
            promises = promises(together);
        } catch (Throwable e) {
            unpromised.add(together.size());
            LOG.error("{} votes are answered without a promise", together.size(), e);
        }
        for (int at = 0; at < together.size(); at++) {
            try {
                together.get(at).onPromise().accept(promises.isEmpty() ? null : promises.get(at));
            } catch (Throwable e) {
                LOG.error("An answer with a promise could not be handed on", e);
            }
        }
    }

    private List<Promise> promises(List<Asked> together) {
        Promise.Tree tree = new Promise.Tree(
                together.stream().map(one -> one.vote().bytes()).toList());
        String signature = PromisedVote.text(key.sign(Promise.signedText(tree.size(), tree.root())));
        List<Promise> promises = new ArrayList<>(together.size());
        for (int at = 0; at < together.size(); at++) {
            promises.add(new Promise(at, tree.size(), tree.path(at), signature, keyRecord));
        }
        return promises;
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
        signAll();
    }
}
