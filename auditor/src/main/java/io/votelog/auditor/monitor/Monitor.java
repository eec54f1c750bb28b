// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.verify.SeenCheckpoints;
import io.votelog.schemas.LogKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a sealed log, a round at a time. What it keeps between rounds is in two files, the one that {@code verify --state} keeps and
 * one beside it; its memory does not grow with the log. Used by one thread.
 */
public final class Monitor {
    private static final String OWN = ".monitor";
    private static final String EVIDENCE = ".evidence";
    private static final Duration FOR_A_WITNESS = Duration.ofSeconds(10);

    private final String log;
    private final SealedLogKey key;
    private final MonitorTerms terms;
    private final MonitorState state;
    private final TreesLook trees;
    private final @Nullable WitnessViews witnesses;
    private final @Nullable RecordsLook records;
    private final @Nullable LogKeys keys;
    private final Alarms alarms;
    private final Events events;
    private final Progress progress;

    /**
     * Who is told.
     *
     * @param events prints what happens
     * @param command the user's command; null where there is none
     * @param progress of long work
     */
    public record Told(Events events, @Nullable AlarmCommand command, Progress progress) {}

    /**
     * The log itself, which the sealed log is held against.
     *
     * @param open opens it, once a round
     * @param keys keys whose control records the log obeys, for replays; null where votes are not to be decided
     */
    public record Itself(Supplier<LogSource> open, @Nullable LogKeys keys) {}

    /**
     * @param log the folder or the URL of the sealed log
     * @param state the file of what was seen
     * @param itself the log itself; null where it is not given
     * @throws io.votelog.auditor.report.AuditException when a file of earlier rounds is damaged or of another log
     * @throws IllegalArgumentException when the address of a witness is no http or https URL
     */
    public Monitor(String log, SealedLogKey key, Path state, MonitorTerms terms, @Nullable Itself itself, Told told) {
        this(log, sources(log), key, state, terms, itself, told);
    }

    /** @param sources where the files of each tree are read from, in place of {@code log} */
    Monitor(
            String log,
            Map<SealedLog, TileSource> sources,
            SealedLogKey key,
            Path state,
            MonitorTerms terms,
            @Nullable Itself itself,
            Told told) {
        this.log = log;
        this.key = key;
        this.terms = terms;
        this.state = new MonitorState(beside(state, OWN));
        this.events = told.events();
        this.progress = told.progress();
        trees = new TreesLook(sources, log, key, new SeenCheckpoints(state, key), this.state, progress);
        witnesses = terms.policy() == null
                ? null
                : new WitnessViews(terms.policy(), terms.monitoring(), key, this.state, FOR_A_WITNESS);
        records = itself == null ? null : new RecordsLook(itself.open(), terms, this.state);
        keys = itself == null ? null : itself.keys();
        alarms = new Alarms(this.state, beside(state, EVIDENCE), terms.remind(), told.command(), events);
    }

    private static Map<SealedLog, TileSource> sources(String log) {
        Map<SealedLog, TileSource> sources = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            sources.put(tree, SealedLogFiles.uncached(tree, log));
        }
        return sources;
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    /**
     * Looks at what is new, tells what it found, and keeps what it saw.
     *
     * @param now the time by this machine's clock
     * @return the exit code of a program that ends after this round
     * @throws io.votelog.auditor.report.AuditException when what was seen cannot be kept
     */
    public int round(Instant now) throws InterruptedException {
        Findings findings = new Findings();
        // What does not lead to a signed root may have been changed on its way: it is read once more.
        if (!look(now, findings, true)) {
            look(now, findings, false);
        }
        long number = state.nextRound();
        if (records != null && terms.replayEvery() > 0 && number % terms.replayEvery() == 0) {
            records.replay(log, key, keys, now, progress, findings);
            events.replayed(now);
        }
        alarms.take(findings, now);
        state.keep();
        return alarms.exitCode();
    }

    /**
     * Looks once.
     *
     * @param again whether another look is possible, when what is read does not lead to a signed root
     * @return false when another look is needed; then only what is proven was found
     */
    private boolean look(Instant now, Findings findings, boolean again) {
        Findings here = new Findings();
        try (TreesLook.Shown shown = trees.look(here)) {
            if (shown != null) {
                rest(shown, now, here);
            }
        }
        if (again && (here.has(AlarmKind.DAMAGED) || here.has(AlarmKind.UNSIGNED))) {
            findings.addProven(here);
            return false;
        }
        findings.addAll(here);
        return true;
    }

    private void rest(TreesLook.Shown shown, Instant now, Findings findings) {
        if (shown.grown()) {
            events.seen(shown.votes().checkpoint(), shown.verdicts().checkpoint(), now);
            state.grew(now);
        }
        cosigned(shown, now, findings);
        if (!shown.whole()) {
            return;
        }
        if (witnesses != null) {
            witnesses.look(shown, now, findings).forEach(news -> events.note(news, now));
        }
        boolean allSealed = records != null && records.look(shown.votes(), now, findings);
        age(shown.votes().note(), allSealed, now, findings);
    }

    private void cosigned(TreesLook.Shown shown, Instant now, Findings findings) {
        Policy policy = terms.policy();
        if (policy == null) {
            return;
        }
        CosignatureRequirement required = CosignatureRequirement.asOf(now, policy, terms.oldestCosignature());
        for (SealedLog tree : SealedLog.values()) {
            String missing = policy.missing(shown.of(tree).note(), required.times());
            if (missing.isEmpty()) {
                findings.fine(AlarmKind.UNWITNESSED, tree.path());
            } else {
                findings.found(
                        AlarmKind.UNWITNESSED,
                        tree.path(),
                        "the tree of %s is not cosigned as the policy asks: %s".formatted(tree.path(), missing));
            }
        }
    }

    /**
     * How old what is shown is: witnesses say when they saw it as the newest one; without them it is as old as it is
     * known here.
     */
    private void age(SignedNote votes, boolean allSealed, Instant now, Findings findings) {
        Duration most = terms.maxAge();
        if (most == null) {
            return;
        }
        Instant since = Objects.requireNonNullElse(state.grownAt(), now);
        String by = "this monitor has seen nothing new";
        Policy policy = terms.policy();
        if (policy != null) {
            Policy.Times times = CosignatureRequirement.asOf(now, policy, null).times();
            Instant newest = policy.cosignatures(votes).stream()
                    .map(Policy.Cosignature::time)
                    .filter(times::holds)
                    .max(Instant::compareTo)
                    .orElse(null);
            if (newest != null) {
                since = newest;
                by = "no witness has cosigned anything newer";
            }
        }
        if (allSealed || !since.plus(most).isBefore(now)) {
            findings.fine(AlarmKind.LATE, "");
        } else {
            findings.found(AlarmKind.LATE, "", "%s since %s; --max-age allows %s".formatted(by, since, most));
        }
    }

    /** What this monitor looks at, in words. */
    public List<String> looksAt() {
        return Looks.at(terms, records != null);
    }

    /** What this monitor does not look at, in words. */
    public List<String> leavesOut() {
        return Looks.notAt(terms, records != null);
    }

    /** The log's name, as its keys have it. */
    public String origin() {
        return Texts.first(2, List.of(key.votes().name(), key.verdicts().name()))
                .replace("\n", " and ");
    }
}
