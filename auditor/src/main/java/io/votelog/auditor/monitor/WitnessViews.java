// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.BoundedHttp;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.verify.Contradiction;
import io.votelog.auditor.verify.SealedTreeView;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a policy's witnesses which checkpoint of each tree they cosigned last (c2sp.org/tlog-witness, monitor retrieval:
 * {@code GET <monitoring prefix>/<origin hash>/checkpoint}), and holds the trees that are shown here to it. A witness
 * that does not answer, or shows nothing that the log signed, is named, and is no alarm.
 */
final class WitnessViews {
    /**
     * How long a witness may be ahead of what is shown here, before an older tree is said to be shown here: the log may
     * grow between the two answers, and what is between here and the log may keep a checkpoint for a moment.
     */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final int AT_ONCE = 8;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int LONGEST_ANSWER = 64 << 10;

    private final List<Policy.Witness> witnesses = new ArrayList<>();
    private final Map<String, URI> prefixes = new LinkedHashMap<>();
    private final SealedLogKey key;
    private final MonitorState state;
    private final BoundedHttp http;
    private final ExecutorService threads;

    /** By witness and tree: why nothing was learnt from it in the last round. */
    private Map<String, String> silent = new TreeMap<>();

    /** What a witness answered: a checkpoint of the log, or why it is none. */
    private record Answer(Policy.Witness witness, SealedLog tree, @Nullable SignedNote note, String why) {}

    /**
     * @param monitoring by a witness's name: where it shows checkpoints, if not at the policy's URL
     * @param patience the longest time for an answer
     * @throws IllegalArgumentException when such a place is no http or https URL
     */
    WitnessViews(Policy policy, Map<String, URI> monitoring, SealedLogKey key, MonitorState state, Duration patience) {
        this.key = key;
        this.state = state;
        http = new BoundedHttp(patience);
        for (Policy.Witness witness : policy.witnesses()) {
            URI given = monitoring.get(witness.name());
            if (given != null || witness.url() != null) {
                witnesses.add(witness);
                prefixes.put(
                        witness.name(),
                        BoundedHttp.prefix(given == null ? URI.create(Objects.requireNonNull(witness.url())) : given));
            }
        }
        // What a witness showed that is asked no more would wait for ever.
        state.views().keySet().removeIf(of -> !prefixes.containsKey(of.witness()));
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "witnesses");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        threads = pool;
    }

    /** The path below a witness's monitoring prefix at which it shows the checkpoint of a log. */
    static String path(String origin) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(origin.getBytes(StandardCharsets.UTF_8)))
                + "/checkpoint";
    }

    /**
     * Asks all witnesses.
     *
     * @param shown both trees, which continue what was seen
     * @return what is new about witnesses of which nothing was learnt, a sentence each
     */
    List<String> look(TreesLook.Shown shown, Instant now, Findings findings) {
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (Policy.Witness witness : witnesses) {
            for (SealedLog tree : SealedLog.values()) {
                asked.add(CompletableFuture.supplyAsync(() -> ask(witness, tree), threads));
            }
        }
        Map<String, String> silentNow = new TreeMap<>();
        for (CompletableFuture<Answer> one : asked) {
            Answer answer = one.join();
            if (answer.note() == null) {
                silentNow.put(subject(answer.witness().name(), answer.tree()), answer.why());
            } else {
                take(answer, answer.note(), shown, now, findings);
            }
        }
        for (SealedLog tree : SealedLog.values()) {
            compareKept(shown.of(tree), now, findings);
        }
        List<String> news = new ArrayList<>();
        silentNow.forEach((of, why) -> {
            if (!why.equals(silent.get(of))) {
                news.add("nothing is learnt from witness %s: %s".formatted(of, why));
            }
        });
        silent.keySet().stream()
                .filter(of -> !silentNow.containsKey(of))
                .forEach(of -> news.add("witness %s shows a checkpoint again".formatted(of)));
        silent = silentNow;
        return news;
    }

    private static String subject(String witness, SealedLog tree) {
        return witness + ", " + tree.path();
    }

    private Answer ask(Policy.Witness witness, SealedLog tree) {
        URI uri = Objects.requireNonNull(prefixes.get(witness.name()))
                .resolve(path(key.of(tree).name()));
        try {
            BoundedHttp.Answer answer = http.send(HttpRequest.newBuilder(uri).build(), LONGEST_ANSWER);
            if (answer.status() != OK) {
                return new Answer(
                        witness,
                        tree,
                        null,
                        answer.status() == NOT_FOUND
                                ? "it shows no checkpoint of this log at %s (status 404)".formatted(uri)
                                : "%s answers with status %d".formatted(uri, answer.status()));
            }
            SignedNote note = SignedNote.parse(answer.body());
            String wrong = SealedTreeView.fault(tree, note, Checkpoint.parse(note.text()), key);
            // What the log signed binds the log, whether the witness cosigned it or not.
            return wrong == null
                    ? new Answer(witness, tree, note, "")
                    : new Answer(witness, tree, null, "what is at %s binds nobody: %s".formatted(uri, wrong));
        } catch (UnreadableException e) {
            return new Answer(witness, tree, null, String.valueOf(e.getMessage()));
        } catch (TlogException e) {
            return new Answer(witness, tree, null, "what is at %s is no checkpoint: %s".formatted(uri, e.getMessage()));
        }
    }

    private void take(Answer answer, SignedNote note, TreesLook.Shown shown, Instant now, Findings findings) {
        SealedTreeView here = shown.of(answer.tree());
        MonitorState.Viewed of = new MonitorState.Viewed(answer.witness().name(), answer.tree());
        if (Checkpoint.parse(note.text()).size() <= here.checkpoint().size()) {
            compare(of, note, here, findings);
        } else {
            // Kept until the tree here is as large; a later one of the same witness would have to be waited for longer.
            state.views().putIfAbsent(of, new MonitorState.View(note, now));
        }
    }

    private void compareKept(SealedTreeView here, Instant now, Findings findings) {
        for (Map.Entry<MonitorState.Viewed, MonitorState.View> kept :
                List.copyOf(state.views().entrySet())) {
            MonitorState.Viewed of = kept.getKey();
            SignedNote note = kept.getValue().note();
            if (of.tree() != here.tree()) {
                continue;
            }
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            if (SealedTreeView.fault(of.tree(), note, checkpoint, key) != null) {
                state.views().remove(of);
            } else if (checkpoint.size() <= here.checkpoint().size()) {
                if (compare(of, note, here, findings)) {
                    state.views().remove(of);
                }
            } else if (kept.getValue().since().plus(GRACE).isBefore(now)) {
                findings.found(
                        AlarmKind.STALE,
                        here.tree().path(),
                        "witness %s showed %,d leaves of the tree of %s at %s, and %,d are shown here: an older tree is shown here, or another one"
                                .formatted(
                                        of.witness(),
                                        checkpoint.size(),
                                        here.tree().path(),
                                        kept.getValue().since(),
                                        here.checkpoint().size()));
            }
        }
    }

    /** Compares what a witness showed with the tree here, and returns whether that was possible. */
    private boolean compare(MonitorState.Viewed of, SignedNote note, SealedTreeView here, Findings findings) {
        String subject = subject(of.witness(), of.tree());
        try {
            Contradiction contradiction = Contradiction.between(note, here.note(), here.reader());
            if (contradiction == null) {
                findings.fine(AlarmKind.EQUIVOCATION, subject);
            } else {
                findings.found(
                        AlarmKind.EQUIVOCATION,
                        subject,
                        "witness %s was shown another tree of %s: %s"
                                .formatted(of.witness(), of.tree().path(), contradiction.how()),
                        contradiction.evidence());
            }
            return true;
        } catch (UnreadableException e) {
            findings.found(AlarmKind.UNREADABLE, "", String.valueOf(e.getMessage()));
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, of.tree().path(), String.valueOf(e.getMessage()));
        }
        return false;
    }
}
