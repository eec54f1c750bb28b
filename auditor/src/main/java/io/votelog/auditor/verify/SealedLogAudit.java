// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.schemas.LogKeys;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Audits a sealed log. It checks the signatures, the trees against the signed roots and against checkpoints that were
 * seen before, and that both trees have leaves for the same records in the order that the seals give. With the log
 * itself, it also checks the leaves against the log's records, the sealed verdicts against those decided here, and the
 * sealed results against the count made here.
 */
public final class SealedLogAudit {
    /** How often a tree that seems too short is looked at, and what is waited in between: checkpoints may be kept for a second. */
    private static final int LOOKS = 4;

    private static final long PAUSE_MS = 1_200;

    private final String log;
    private final SealedLogKey key;
    private final Optional<CosignatureRequirement> requirement;
    private final @Nullable SeenCheckpoints seen;
    private final SealedRecordsCheck.Bounds bounds;
    private final Progress progress;
    private final Report report;

    private final SealedLeavesCheck leaves = new SealedLeavesCheck();

    /**
     * @param log the folder or the URL of the sealed log
     * @param key the sealed log's public key
     * @param requirement the required cosignatures; empty where none are required
     * @param seen the checkpoints that an earlier audit saw, to be replaced by the present ones; null where none are
     *     kept
     * @param bounds how much of the log may be unsealed
     */
    public SealedLogAudit(
            String log,
            SealedLogKey key,
            Optional<CosignatureRequirement> requirement,
            @Nullable SeenCheckpoints seen,
            SealedRecordsCheck.Bounds bounds,
            Progress progress) {
        this.log = log;
        this.key = key;
        this.requirement = requirement;
        this.seen = seen;
        this.bounds = bounds;
        this.progress = progress;
        this.report = new Report(
                "Sealed log in " + log,
                "what is sealed is whole, and is what it is said to be",
                "what is sealed is not what it is said to be");
    }

    /**
     * Runs every step that can be run.
     *
     * @param source the log itself; null where it is not given
     * @param keys keys whose control records the log obeys; null where they are not given
     * @throws io.votelog.auditor.tlog.UnreadableException when a file of the sealed log cannot be read, which proves
     *     nothing
     */
    public Report run(@Nullable LogSource source, @Nullable LogKeys keys) {
        // Verdicts first: the trees may grow in between, and the tree of votes must not be the shorter one.
        try (SealedTreeView ofVerdicts = open(SealedLog.VERDICTS, 0);
                SealedTreeView ofVotes =
                        open(SealedLog.VOTES, ofVerdicts.checkpoint().size())) {
            if (ofVotes.checkpoint().size() < ofVerdicts.checkpoint().size()) {
                throw new AuditException(
                        "%s shows %s of votes, and %s of verdicts: one of the two is an older one, so they are not held to each other. Try again"
                                .formatted(
                                        log,
                                        Texts.count(ofVotes.checkpoint().size(), "leaf", "leaves"),
                                        Texts.count(ofVerdicts.checkpoint().size(), "leaf", "leaves")));
            }
            run(source, keys, ofVotes, ofVerdicts);
        }
        return report;
    }

    /**
     * A tree as it is shown. One that is shorter than it must be is looked at again: a cache between here and the log, or a sealer that follows
     * another one, may show an older one for a second, which contradicts nothing.
     *
     * @param leaves how many it must have
     */
    private SealedTreeView open(SealedLog tree, long leaves) {
        long wanted = Math.max(leaves, seen == null ? 0 : seen.size(tree));
        SealedTreeView view = SealedTreeView.open(tree, log);
        for (int look = 1;
                look < LOOKS && view.checkpoint().size() < wanted && !(view.source() instanceof FolderTiles);
                look++) {
            view.close();
            pause();
            view = SealedTreeView.open(tree, log);
        }
        return view;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        }
    }

    private void run(
            @Nullable LogSource source, @Nullable LogKeys keys, SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        // Both checks run, whatever the first one finds. Steps that depend on them run only if both pass.
        boolean signed = signed(ofVotes) & signed(ofVerdicts);
        if (!signed) {
            return;
        }
        boolean witnessed = isCosigned(ofVotes) & isCosigned(ofVerdicts);
        if (!witnessed) {
            return;
        }
        boolean whole = tiles(ofVotes) & tiles(ofVerdicts);
        if (!whole) {
            return;
        }
        boolean unchanged = unchanged(ofVotes, ofVerdicts);
        // Leaves that an earlier audit checked are skipped, unless they are checked against the log itself.
        long from = unchanged && source == null && seen != null ? seen.checkedTo(ofVerdicts) : 0;
        if (!inStep(ofVotes, ofVerdicts, from)) {
            return;
        }
        boundTrees(ofVotes, ofVerdicts, from);
        if (source == null) {
            withoutTheLog();
        } else {
            records(source, keys, ofVotes, ofVerdicts);
        }
        if (seen != null && report.exitCode() != Report.MISMATCH && !isOlder(ofVotes, ofVerdicts)) {
            seen.keep(ofVotes.note(), ofVerdicts.note(), leaves.checked());
        }
    }

    /** Whether a step of this audit holds the sealed log to the log itself. */
    public static boolean isOfTheLog(Step step) {
        return SealedRecordsCheck.TITLES.contains(step.title()) || step.title().matches(SealedResultCheck.title(".*"));
    }

    private boolean signed(SealedTreeView view) {
        String title = "The tree of %s is signed".formatted(view.tree().path());
        String wrong = view.fault(key);
        if (wrong != null) {
            report.fail(title, wrong);
            return false;
        }
        report.pass(
                title,
                "%s, %s"
                        .formatted(
                                view.checkpoint().origin(),
                                Texts.count(view.checkpoint().size(), "leaf", "leaves")));
        return true;
    }

    private boolean isCosigned(SealedTreeView view) {
        String title = "The tree of %s is cosigned".formatted(view.tree().path());
        if (requirement.isEmpty()) {
            report.notAsked(title, "which witnesses must have cosigned it is not given: --policy");
            return true;
        }
        return requirement.get().reportTo(report, title, view.note());
    }

    private boolean tiles(SealedTreeView view) {
        String title = "Every tile of the tree of %s leads to the signed root"
                .formatted(view.tree().path());
        long before = seen == null ? 0 : seen.checkedTo(view);
        progress.begin(
                "checking tiles of " + view.tree().path(), view.checkpoint().size());
        try {
            view.reader().check(before);
            report.pass(
                    title,
                    before == 0
                            ? ""
                            : "those behind the first %s, which were looked at before"
                                    .formatted(Texts.count(before, "leaf", "leaves")));
            return true;
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return false;
        } finally {
            progress.end();
        }
    }

    private boolean unchanged(SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        String title = "What was seen before still stands";
        if (seen == null) {
            report.notAsked(title, "nothing is kept of what was seen: --state FILE keeps it for the next time");
            return true;
        }
        if (seen.isEmpty()) {
            report.skip(title, "this is the first look; what was seen is kept in %s for the next one".formatted(seen));
            return true;
        }
        String wrong;
        try {
            wrong = seen.contradiction(ofVotes);
            if (wrong == null) {
                wrong = seen.contradiction(ofVerdicts);
            }
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            wrong = e.getMessage();
        }
        if (wrong != null) {
            report.fail(title, wrong);
            return false;
        }
        if (isOlder(ofVotes, ofVerdicts)) {
            report.skip(
                    title,
                    "%s, and older trees are shown, which are the beginning of those. Ask again, or somewhere else"
                            .formatted("seen before: " + seen.sizes()));
            return false;
        }
        report.pass(title, "seen before: " + seen.sizes());
        return true;
    }

    private boolean isOlder(SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        return seen != null
                && (ofVotes.checkpoint().size() < seen.size(SealedLog.VOTES)
                        || ofVerdicts.checkpoint().size() < seen.size(SealedLog.VERDICTS));
    }

    /**
     * @param from the number of leaves of each tree that an earlier audit checked, or 0
     */
    private boolean inStep(SealedTreeView ofVotes, SealedTreeView ofVerdicts, long from) {
        String title = "Both trees hold the same seals, and leaf for leaf the same records";
        String wrong;
        progress.begin("reading leaves", ofVotes.checkpoint().size());
        try {
            if (from > 0 && seen != null && seen.checked() != null) {
                leaves.resume(seen.checked(), ofVerdicts, from, seen.toString());
            }
            wrong = leaves.run(ofVotes, ofVerdicts, progress);
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException | AuditException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return false;
        } finally {
            progress.end();
        }
        if (wrong != null) {
            report.fail(title, wrong);
            return false;
        }
        long waiting = ofVotes.checkpoint().size() - ofVerdicts.checkpoint().size();
        report.pass(
                title,
                "sealed up to %s%s%s"
                        .formatted(
                                Arrays.toString(leaves.sealedTo()),
                                waiting == 0
                                        ? ""
                                        : "; the verdicts on the last %s are not sealed yet"
                                                .formatted(Texts.count(waiting, "leaf", "leaves")),
                                from == 0
                                        ? ""
                                        : "; the first %s were looked at before"
                                                .formatted(Texts.count(from, "leaf", "leaves"))));
        return true;
    }

    /**
     * @param from the number of leaves that an earlier audit checked
     */
    private void boundTrees(SealedTreeView ofVotes, SealedTreeView ofVerdicts, long from) {
        String title = "Each sealed result names the trees that it is the result of";
        String wrong = leaves.wrongTrees(ofVotes, ofVerdicts);
        if (wrong != null) {
            report.fail(title, wrong);
            return;
        }
        String since = from == 0 ? "" : " in what is new";
        report.pass(
                title,
                leaves.results().isEmpty() ? "no result is sealed" + since : String.join(", ", ballots()) + since);
    }

    /** The ballots with a sealed result among the leaves that this audit reads. */
    private Set<String> ballots() {
        return leaves.results().stream()
                .map(placed -> ((Seal.OfResult) placed.seal()).ballotId())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void withoutTheLog() {
        String reason = "the log itself is not given: --bootstrap-servers or --dump";
        SealedRecordsCheck.TITLES.forEach(title -> report.notAsked(title, reason));
        ballots().forEach(id -> report.notAsked(resultTitle(id), reason));
    }

    private void records(LogSource source, @Nullable LogKeys keys, SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        SealIndex seals = SealIndex.read(ofVotes.reader(), ofVotes.checkpoint().size());
        SealIndex verdictSeals =
                SealIndex.read(ofVerdicts.reader(), ofVerdicts.checkpoint().size());
        SealedRecordsCheck check = new SealedRecordsCheck(
                new SealedRecordsCheck.Leaves(ofVotes.reader(), seals),
                new SealedRecordsCheck.Leaves(ofVerdicts.reader(), verdictSeals),
                bounds);
        List<PartitionReplay> replays = check.run(source, keys, progress);
        check.reportLeaves(report);
        check.reportPartitions(report);
        check.reportUnsealed(report, leaves.newest().keySet(), replays);
        FinalResultsCheck finals = new FinalResultsCheck(source, leaves.newest());
        finals.run(
                report,
                check,
                ofVotes.checkpoint().size() == ofVerdicts.checkpoint().size());
        if (keys == null) {
            String reason = "the keys that the log obeys are not given: --public-key or --public-key-file";
            report.notAsked(SealedRecordsCheck.VERDICTS, reason);
            ballots().forEach(id -> report.notAsked(resultTitle(id), reason));
            return;
        }
        check.reportVerdicts(report);
        for (String id : ballots()) {
            List<SealedResultCheck.Sealed> sealed = leaves.results().stream()
                    .filter(placed -> ((Seal.OfResult) placed.seal()).ballotId().equals(id))
                    .map(placed -> new SealedResultCheck.Sealed(
                            SealedLeavesCheck.statement(placed), seals.sealedTo(placed.first())))
                    .toList();
            new SealedResultCheck(id, replays).run(report, sealed);
        }
    }

    /** Whether a step with this title says that final results are sealed, or that a sealed one is the right one. */
    public static boolean isOfResults(String title) {
        return title.equals(FinalResultsCheck.TITLE) || SealedResultCheck.isTitle(title);
    }

    private static String resultTitle(String ballotId) {
        return SealedResultCheck.title(ballotId);
    }
}
