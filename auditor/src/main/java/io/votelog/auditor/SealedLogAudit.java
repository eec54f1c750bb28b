package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.LogKeys;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a sealed log: what is signed, whether the trees are what is signed and what was signed before, whether their
 * leaves are about the same records in the order that the seals say; and where the log itself is at hand, whether the leaves are
 * of its records, the verdicts those that are found here, and the sealed results the count that is made here.
 */
final class SealedLogAudit {
    private final String log;
    private final NoteVerifier key;
    private final Optional<Policy> policy;
    private final @Nullable SeenCheckpoints seen;
    private final Progress progress;
    private final Report report;

    /**
     * @param log a folder or an address
     * @param key its public key
     * @param seen what an earlier look saw; none is kept when it is null
     */
    SealedLogAudit(
            String log, NoteVerifier key, Optional<Policy> policy, @Nullable SeenCheckpoints seen, Progress progress) {
        this.log = log;
        this.key = key;
        this.policy = policy;
        this.seen = seen;
        this.progress = progress;
        this.report = new Report(
                "Sealed log in " + log,
                "what is sealed is whole, and is what it is said to be",
                "what is sealed is not what it is said to be");
    }

    /**
     * Runs every step that can be run.
     *
     * @param source the log itself, or null
     * @param keys whose control records the log obeys, or null
     */
    Report run(@Nullable LogSource source, @Nullable LogKeys keys) {
        // Verdicts first: the tree of votes may grow between the two looks, and is never the shorter one.
        SealedTreeView ofVerdicts = SealedTreeView.open(SealedLog.VERDICTS, log);
        SealedTreeView ofVotes = SealedTreeView.open(SealedLog.VOTES, log);
        // All of them, whatever the first says; what leans on them is looked at when they stand.
        boolean signed = signed(ofVotes) & signed(ofVerdicts);
        if (!signed) {
            return report;
        }
        boolean whole = tiles(ofVotes) & tiles(ofVerdicts);
        if (!whole) {
            return report;
        }
        unchanged(ofVotes, ofVerdicts);
        if (!inStep(ofVotes, ofVerdicts)) {
            return report;
        }
        SealIndex seals = SealIndex.read(ofVotes.reader(), ofVotes.checkpoint().size());
        SealIndex decided =
                SealIndex.read(ofVerdicts.reader(), ofVerdicts.checkpoint().size());
        Map<String, SealIndex.Placed> results = results(decided);
        boundTrees(results, ofVotes, ofVerdicts);
        records(source, keys, ofVotes, ofVerdicts, seals, decided, results);
        if (seen != null && report.exitCode() != Report.MISMATCH) {
            seen.keep(ofVotes.note(), ofVerdicts.note());
        }
        return report;
    }

    private boolean signed(SealedTreeView view) {
        String title = "The tree of %s is signed".formatted(view.tree().path());
        String head = "%s, %s"
                .formatted(
                        view.checkpoint().origin(),
                        Texts.count(view.checkpoint().size(), "leaf", "leaves"));
        String wrong = view.wrong(key);
        if (wrong == null && policy.isPresent() && !policy.get().met(view.note())) {
            wrong = "%s: not cosigned as the policy asks: %s"
                    .formatted(head, policy.get().missing(view.note()));
        }
        if (wrong != null) {
            report.fail(title, wrong);
            return false;
        }
        report.pass(title, policy.isPresent() ? head + ", cosigned as the policy asks" : head);
        return true;
    }

    private boolean tiles(SealedTreeView view) {
        String title = "Every tile of the tree of %s leads to the signed root"
                .formatted(view.tree().path());
        progress.begin(
                "checking tiles of " + view.tree().path(), view.checkpoint().size());
        try {
            view.reader().check();
            report.pass(title, "");
            return true;
        } catch (TlogException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return false;
        } finally {
            progress.end();
        }
    }

    private void unchanged(SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        String title = "What was seen before still stands";
        if (seen == null) {
            report.skip(title, "nothing is kept of what was seen: --state FILE keeps it for the next time");
            return;
        }
        if (seen.isEmpty()) {
            report.skip(title, "this is the first look; what was seen is kept in %s for the next one".formatted(seen));
            return;
        }
        String wrong = seen.contradiction(ofVotes);
        if (wrong == null) {
            wrong = seen.contradiction(ofVerdicts);
        }
        if (wrong != null) {
            report.fail(title, wrong);
        } else {
            report.pass(title, "seen before: " + seen.sizes());
        }
    }

    private boolean inStep(SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        String title = "Both trees hold the same seals, and leaf for leaf the same records";
        LeafCursor left =
                new LeafCursor(ofVotes.reader()).range(0, ofVotes.checkpoint().size());
        LeafCursor right = new LeafCursor(ofVerdicts.reader())
                .range(0, ofVerdicts.checkpoint().size());
        SealedSteps steps = new SealedSteps();
        SealedSteps decided = new SealedSteps();
        progress.begin("reading leaves", ofVotes.checkpoint().size());
        String wrong = null;
        long index = 0;
        try {
            for (; wrong == null && left.hasNext(); index++) {
                Leaf vote = SealIndex.parse(left.next(), index);
                wrong = steps.take(vote);
                if (wrong == null && right.hasNext()) {
                    Leaf verdict = SealIndex.parse(right.next(), index);
                    wrong = decided.take(verdict);
                    if (wrong == null && !fit(vote, verdict)) {
                        wrong = "the two are not about the same";
                    }
                }
                progress.at(index);
            }
        } catch (TlogException | AuditException e) {
            report.fail(title, String.valueOf(e.getMessage()));
            return false;
        } finally {
            progress.end();
        }
        if (wrong != null) {
            report.fail(title, "index %d: %s".formatted(index - 1, wrong));
            return false;
        }
        if (right.hasNext()) {
            report.fail(title, "there are verdicts on what is not sealed, from index %d on".formatted(index));
            return false;
        }
        if (steps.within() || decided.within()) {
            report.fail(title, "the last seal's leaves are not all there");
            return false;
        }
        long waiting = ofVotes.checkpoint().size() - ofVerdicts.checkpoint().size();
        report.pass(
                title,
                "sealed up to %s%s"
                        .formatted(
                                Arrays.toString(steps.sealedTo()),
                                waiting == 0
                                        ? ""
                                        : "; the verdicts on the last %s are not sealed yet"
                                                .formatted(Texts.count(waiting, "leaf", "leaves"))));
        return true;
    }

    /** Whether a leaf of verdicts may stand beside a leaf of votes. */
    private static boolean fit(Leaf vote, Leaf verdict) {
        if (vote instanceof Leaf.Record record) {
            return switch (record.kind()) {
                case Leaf.VOTE -> !(verdict instanceof Leaf.Obeyed);
                case Leaf.CONTROL -> !(verdict instanceof Leaf.Verdict);
                default -> verdict instanceof Leaf.PutAside || verdict instanceof Leaf.Undecided;
            };
        }
        return Arrays.equals(vote.entry(), verdict.entry());
    }

    /** The newest sealed result of each ballot. */
    private static Map<String, SealIndex.Placed> results(SealIndex seals) {
        Map<String, SealIndex.Placed> results = new LinkedHashMap<>();
        for (SealIndex.Placed placed : seals.seals()) {
            if (placed.seal() instanceof Seal.OfResult result) {
                results.put(result.ballotId(), placed);
            }
        }
        return results;
    }

    private void boundTrees(Map<String, SealIndex.Placed> results, SealedTreeView ofVotes, SealedTreeView ofVerdicts) {
        String title = "Each sealed result names the trees that it is the result of";
        if (results.isEmpty()) {
            report.skip(title, "no result is final and sealed yet");
            return;
        }
        for (SealIndex.Placed placed : results.values()) {
            SealedStatement statement = statement(placed);
            for (SealedTreeView view : List.of(ofVotes, ofVerdicts)) {
                if (!stoodThere(statement, placed.first(), view)) {
                    report.fail(
                            title,
                            "the result of %s at index %d names %d leaves and a root that the tree of %s never had"
                                    .formatted(
                                            statement.ballotId(),
                                            placed.first(),
                                            statement.size(view.tree()),
                                            view.tree().path()));
                    return;
                }
            }
        }
        report.pass(title, String.join(", ", results.keySet()));
    }

    private static boolean stoodThere(SealedStatement statement, long index, SealedTreeView view) {
        long size = statement.size(view.tree());
        return size == index
                && Proofs.consistent(
                        size,
                        statement.root(view.tree()),
                        view.checkpoint().size(),
                        view.checkpoint().root(),
                        view.reader().consistency(size));
    }

    private static SealedStatement statement(SealIndex.Placed placed) {
        return SealedStatement.parse(((Seal.OfResult) placed.seal()).statement());
    }

    private void records(
            @Nullable LogSource source,
            @Nullable LogKeys keys,
            SealedTreeView ofVotes,
            SealedTreeView ofVerdicts,
            SealIndex seals,
            SealIndex decided,
            Map<String, SealIndex.Placed> results) {
        SealedRecordsCheck check = new SealedRecordsCheck(
                new SealedRecordsCheck.Leaves(ofVotes.reader(), seals),
                new SealedRecordsCheck.Leaves(ofVerdicts.reader(), decided));
        if (source == null) {
            String reason = "the log itself is not given: --bootstrap-servers or --dump";
            check.skip(report, reason);
            results.keySet().forEach(id -> report.skip(resultTitle(id), reason));
            return;
        }
        List<PartitionReplay> replays = check.run(source, keys, progress);
        check.reportLeaves(report);
        if (keys == null) {
            String reason = "the keys that the log obeys are not given: --public-key or --public-key-file";
            report.skip(SealedRecordsCheck.VERDICTS, reason);
            results.keySet().forEach(id -> report.skip(resultTitle(id), reason));
            return;
        }
        check.reportVerdicts(report);
        results.forEach((id, placed) -> new SealedResultCheck(statement(placed)).run(report, resultTitle(id), replays));
    }

    private static String resultTitle(String ballotId) {
        return "The sealed result of %s is the count made here".formatted(ballotId);
    }
}
