// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.WitnessClient;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has a sealed log's checkpoints cosigned, and publishes them. The sealer hands over what it signed and continues at
 * once. All witnesses are asked at the same time, each by a thread of its own. A checkpoint is published as soon as the
 * policy's quorum has cosigned it; otherwise when all witnesses have answered or the time is up, with the cosignatures
 * that there are. Later cosignatures are added while the checkpoint is the newest. A witness that failed is asked again
 * after a pause, which grows.
 *
 * <p>Both trees are published together, votes first, so that no reader finds verdicts on votes that are not published.
 */
public final class Witnesses implements AutoCloseable {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /**
     * The times of waiting for witnesses.
     *
     * @param answer the longest time of an answer
     * @param firstPause the pause before a failed witness is asked again; it doubles with each failure
     */
    public record Patience(Duration answer, Duration firstPause) {
        /** 10 seconds for an answer, and a second before the first repetition. */
        public static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(1));
    }

    private final Policy policy;
    private final Path log;
    private final PrintStream err;
    private final Patience patience;
    private final List<Asker> askers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private @Nullable Signed pending;
    private @Nullable Signed current;
    private @Nullable RuntimeException failure;
    private boolean closed;

    /** The checkpoints of both trees that were signed together, with their cosignatures so far. */
    private static final class Signed {
        private final Map<SealedLog, SignedNote> notes = new EnumMap<>(SealedLog.class);
        private long deadlineNs;
        private boolean shown;

        Signed(SignedNote votes, SignedNote verdicts) {
            notes.put(SealedLog.VOTES, votes);
            notes.put(SealedLog.VERDICTS, verdicts);
        }

        boolean isOfTheSame(Signed other) {
            return notes.keySet().stream()
                    .allMatch(tree -> note(tree).text().equals(other.note(tree).text()));
        }

        SignedNote note(SealedLog tree) {
            return Objects.requireNonNull(notes.get(tree));
        }
    }

    /**
     * Starts the threads.
     *
     * @param policy names the witnesses; those without a URL are not asked
     * @param log the folder of both trees
     */
    public Witnesses(Policy policy, Path log, PrintStream err, Patience patience) {
        this.policy = policy;
        this.log = log;
        this.err = err;
        this.patience = patience;
        for (Policy.Witness witness : policy.witnesses()) {
            if (witness.url() != null) {
                askers.add(new Asker(witness));
            }
        }
        askers.forEach(asker -> begin(asker::run, "witness " + asker.witness.name()));
        begin(this::show, "checkpoints");
    }

    private void begin(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /**
     * Takes the newest signed checkpoints, to be published soon. Earlier ones that are not published yet may be
     * skipped.
     *
     * @throws AuditException when checkpoints cannot be published any more
     */
    public synchronized void publish(SignedNote votes, SignedNote verdicts) {
        if (failure != null) {
            throw failure;
        }
        Signed signed = new Signed(votes, verdicts);
        Signed newest = pending == null ? current : pending;
        if (newest == null || !signed.isOfTheSame(newest)) {
            pending = signed;
            notifyAll();
        }
    }

    /**
     * Waits until the newest checkpoints are published and every witness has answered or failed, at most three times
     * the longest time of an answer.
     */
    public synchronized void finish() throws InterruptedException {
        long deadlineNs = System.nanoTime() + 3 * patience.answer().toNanos();
        while (failure == null && (pending != null || current != null && !(current.shown && allAnswered(current)))) {
            long left = deadlineNs - System.nanoTime();
            if (left <= 0) {
                return;
            }
            waitFor(left);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void show() {
        try {
            while (showNext()) {
                // Publishes checkpoints one after the other.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    private synchronized boolean showNext() throws InterruptedException {
        while (pending == null && !closed) {
            wait();
        }
        if (closed) {
            return false;
        }
        Signed next = Objects.requireNonNull(pending);
        current = next;
        pending = null;
        next.deadlineNs = System.nanoTime() + patience.answer().toNanos();
        notifyAll();
        while (!closed && !isCosigned(next) && !allAnswered(next)) {
            long left = next.deadlineNs - System.nanoTime();
            if (left <= 0) {
                break;
            }
            waitFor(left);
        }
        write(next);
        notifyAll();
        return !closed;
    }

    private void waitFor(long leftNs) throws InterruptedException {
        wait(leftNs / 1_000_000 + 1);
    }

    private void write(Signed signed) {
        signed.shown = true;
        for (SealedLog tree : SealedLog.values()) {
            new CheckpointFile(tree.folder(log)).show(signed.note(tree));
        }
    }

    private boolean isCosigned(Signed signed) {
        Policy.Times times = CosignatureRequirement.asOf(Clock.systemUTC().instant(), policy, null)
                .times();
        return signed.notes.values().stream()
                .allMatch(note -> policy.missingQuorum(note, times).isEmpty());
    }

    private boolean allAnswered(Signed signed) {
        return askers.stream().allMatch(asker -> asker.doneWith == signed || asker.pauses());
    }

    private synchronized void addCosignatures(Signed signed, SealedLog tree, List<String> lines) {
        SignedNote note = signed.note(tree);
        for (String line : lines) {
            note = note.with(line);
        }
        signed.notes.put(tree, note);
        if (signed.shown && signed == current) {
            try {
                write(signed);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        notifyAll();
    }

    /** Publishes the newest checkpoints, and stops asking witnesses. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            threads.forEach(Thread::interrupt);
            notifyAll();
            Signed last = pending == null ? current : pending;
            if (last != null && !last.shown && failure == null) {
                write(last);
            }
        }
    }

    /** Asks one witness to cosign the newest checkpoints. */
    private final class Asker {
        private final Policy.Witness witness;
        private final Map<SealedLog, Long> known = new EnumMap<>(SealedLog.class);
        private @Nullable Signed doneWith;
        private Duration pause;
        private long pausesUntilNs;
        private boolean failed;

        Asker(Policy.Witness witness) {
            this.witness = witness;
            this.pause = patience.firstPause();
        }

        boolean pauses() {
            return failed && System.nanoTime() - pausesUntilNs < 0;
        }

        void run() {
            try {
                WitnessClient client = new WitnessClient(
                        URI.create(Objects.requireNonNull(witness.url())), witness.key(), patience.answer());
                for (Signed next = next(); next != null; next = next()) {
                    ask(client, next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IllegalArgumentException e) {
                err.printf("witness %s is not asked: %s%n", witness.name(), e.getMessage());
                synchronized (Witnesses.this) {
                    failed = true;
                    pausesUntilNs = System.nanoTime() + Long.MAX_VALUE / 2;
                    Witnesses.this.notifyAll();
                }
            }
        }

        private @Nullable Signed next() throws InterruptedException {
            synchronized (Witnesses.this) {
                while (!closed && (current == null || current == doneWith || pauses())) {
                    if (pauses()) {
                        waitFor(pausesUntilNs - System.nanoTime());
                    } else {
                        Witnesses.this.wait();
                    }
                }
                return closed ? null : current;
            }
        }

        private void ask(WitnessClient client, Signed signed) {
            String why = null;
            for (SealedLog tree : SealedLog.values()) {
                SignedNote note;
                synchronized (Witnesses.this) {
                    note = signed.note(tree);
                }
                Checkpoint checkpoint = Checkpoint.parse(note.text());
                if (witness.key().cosigned(note).isPresent()) {
                    continue;
                }
                try {
                    TlogReader reader =
                            new TlogReader(new FolderTiles(tree.folder(log)), checkpoint.size(), checkpoint.root());
                    long from = Math.min(known.getOrDefault(tree, 0L), checkpoint.size());
                    addCosignatures(signed, tree, client.cosign(note, from, reader::consistency));
                    known.put(tree, checkpoint.size());
                } catch (TlogException e) {
                    why = "%s: %s".formatted(checkpoint.origin(), e.getMessage());
                }
            }
            ended(signed, why);
        }

        private void ended(Signed signed, @Nullable String why) {
            synchronized (Witnesses.this) {
                failed = why != null;
                if (failed) {
                    pausesUntilNs = System.nanoTime() + pause.toNanos();
                    if (!closed) {
                        err.printf(
                                "not cosigned by %s, which is asked again in %.1f s: %s%n",
                                witness.name(), pause.toMillis() / 1e3, why);
                    }
                    Duration longer = pause.multipliedBy(2);
                    pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
                } else {
                    pause = patience.firstPause();
                    doneWith = signed;
                }
                Witnesses.this.notifyAll();
            }
        }
    }
}
