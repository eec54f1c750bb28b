// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.seal.Leaf;
import io.votelog.auditor.seal.Seal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks that both trees have leaves for the same records, in the order that the seals give. It goes on behind the
 * leaves that it checked before, in memory or from {@link SeenCheckpoints}, and holds no leaf but the newest sealed
 * result of each ballot. After an exception or a fault it must not be used again. Used by one thread.
 */
public final class SealedLeavesCheck {
    private final SealOrderCheck voteOrder = new SealOrderCheck();
    private final SealOrderCheck verdictOrder = new SealOrderCheck();

    /** The sealed results among the leaves of the last run, in their order. */
    private final List<SealIndex.Placed> results = new ArrayList<>();

    /** The newest sealed result of each ballot, of all leaves so far. */
    private final Map<String, SealIndex.Placed> newest = new LinkedHashMap<>();

    /** The indices of the newest seal of any kind and of the newest seal of records; -1 before the first. */
    private long lastSeal = -1;

    private long lastEnds = -1;

    /** The number of leaves of each tree that were checked. */
    private long ofVotes;

    private long ofVerdicts;

    /**
     * Goes on behind the leaves that an earlier audit checked in both trees.
     *
     * @param view the tree of verdicts, which must be consistent with the one that was seen
     * @param size the number of leaves of the tree of verdicts that was seen
     * @param named what error messages call the place that {@code before} is from
     * @throws AuditException when {@code before} names other leaves than seals and results
     */
    public void resume(SeenCheckpoints.Checked before, SealedTreeView view, long size, String named) {
        Leaf seal = SealIndex.parse(view.reader().entry(before.seal()), before.seal());
        Leaf ends = SealIndex.parse(view.reader().entry(before.ends()), before.ends());
        long sequence = seal instanceof Leaf.Result result
                ? result.sequence()
                : seal instanceof Leaf.Ends sealed ? sealed.sequence() : -1;
        if (sequence < 0 || !(ends instanceof Leaf.Ends sealed)) {
            throw new AuditException("%s names leaves that are no seals: move it away".formatted(named));
        }
        voteOrder.resume(sequence + 1, sealed.ends());
        verdictOrder.resume(sequence + 1, sealed.ends());
        lastSeal = before.seal();
        lastEnds = before.ends();
        for (long index : before.results()) {
            if (!(SealIndex.parse(view.reader().entry(index), index) instanceof Leaf.Result result)) {
                throw new AuditException("%s names leaves that are no results: move it away".formatted(named));
            }
            Seal.OfResult of = SealedStatement.seal(result);
            newest.put(of.ballotId(), new SealIndex.Placed(of, index));
        }
        ofVotes = size;
        ofVerdicts = size;
    }

    /**
     * Reads the leaves behind those that were checked. The trees must be consistent with the trees of earlier runs.
     *
     * @return what is wrong with the leaves; null when nothing is
     * @throws AuditException when an entry, which is the one that the log signed, is no leaf
     * @throws io.votelog.auditor.tlog.TlogException when files cannot be read or do not lead to the root
     */
    public @Nullable String run(SealedTreeView votes, SealedTreeView verdicts, Progress progress) {
        long sizeOfVotes = votes.checkpoint().size();
        long sizeOfVerdicts = verdicts.checkpoint().size();
        results.clear();
        long index = sizeOfVerdicts > ofVerdicts ? ofVerdicts : ofVotes;
        LeafCursor left = new LeafCursor(votes.reader()).range(index, sizeOfVotes);
        LeafCursor right = new LeafCursor(verdicts.reader()).range(ofVerdicts, sizeOfVerdicts);
        for (; left.hasNext(); index++) {
            String wrong = take(left.next(), right.hasNext() ? right.next() : null, index);
            if (wrong != null) {
                return "index %d: %s".formatted(index, wrong);
            }
            progress.at(index + 1);
        }
        if (right.hasNext()) {
            return "there are verdicts on what is not sealed, from index %d on".formatted(index);
        }
        if (voteOrder.insideSeal() || verdictOrder.insideSeal()) {
            return "the last seal's leaves are not all there";
        }
        ofVotes = sizeOfVotes;
        ofVerdicts = sizeOfVerdicts;
        return null;
    }

    /** Takes the entries of both trees at an index; that of verdicts is null behind the end of its tree. */
    private @Nullable String take(byte[] ofVote, byte @Nullable [] ofVerdict, long index) {
        Leaf vote = SealIndex.parse(ofVote, index);
        String wrong = index < ofVotes ? null : voteOrder.take(vote);
        if (wrong != null || ofVerdict == null) {
            return wrong;
        }
        Leaf verdict = SealIndex.parse(ofVerdict, index);
        wrong = verdictOrder.take(verdict);
        if (wrong != null) {
            return wrong;
        }
        return fit(vote, verdict) ? note(verdict, index) : "the two are not about the same";
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

    /**
     * Notes a seal; returns what is wrong with it, or null. A ballot must have at most one final result of each
     * revision, with increasing revisions.
     */
    private @Nullable String note(Leaf verdict, long index) {
        if (verdict instanceof Leaf.Ends) {
            lastSeal = index;
            lastEnds = index;
        } else if (verdict instanceof Leaf.Result result) {
            lastSeal = index;
            Seal.OfResult seal = SealedStatement.seal(result);
            SealIndex.Placed placed = new SealIndex.Placed(seal, index);
            SealIndex.Placed before = newest.put(seal.ballotId(), placed);
            if (before != null && ((Seal.OfResult) before.seal()).revision() >= seal.revision()) {
                return "the result of %s is sealed with revision %d, and index %d holds it with revision %d: a sealed result is corrected by a higher revision alone"
                        .formatted(
                                seal.ballotId(),
                                seal.revision(),
                                before.first(),
                                ((Seal.OfResult) before.seal()).revision());
            }
            results.add(placed);
        }
        return null;
    }

    /**
     * Which sealed result of the last run names trees that never were; null when none does. A sealed result must name
     * both trees as they were before it.
     *
     * @throws AuditException when a sealed result is no statement
     */
    public @Nullable String wrongTrees(SealedTreeView votes, SealedTreeView verdicts) {
        for (SealIndex.Placed placed : results) {
            SealedStatement statement = statement(placed);
            for (SealedTreeView view : List.of(votes, verdicts)) {
                if (!stoodThere(statement, placed.first(), view)) {
                    return "the result of %s at index %d names %d leaves and a root that the tree of %s never had"
                            .formatted(
                                    statement.ballotId(),
                                    placed.first(),
                                    statement.size(view.tree()),
                                    view.tree().path());
                }
            }
        }
        return null;
    }

    private static boolean stoodThere(SealedStatement statement, long index, SealedTreeView view) {
        long size = statement.size(view.tree());
        return size == index
                && Arrays.equals(statement.root(view.tree()), view.reader().root(size));
    }

    static SealedStatement statement(SealIndex.Placed placed) {
        return SealedStatement.parse(((Seal.OfResult) placed.seal()).statement());
    }

    /** The sealed results among the leaves of the last run. */
    List<SealIndex.Placed> results() {
        return List.copyOf(results);
    }

    /** The newest sealed result of each ballot, of all leaves so far. */
    Map<String, SealIndex.Placed> newest() {
        return newest;
    }

    /** By partition: the offset after the last record that the tree of votes seals. */
    public long[] sealedTo() {
        return voteOrder.sealedTo();
    }

    /** The places of the newest seals in the tree of verdicts; null before the first seal of records. */
    public SeenCheckpoints.@Nullable Checked checked() {
        List<Long> places =
                newest.values().stream().map(SealIndex.Placed::first).toList();
        return lastSeal >= 0 && lastEnds >= 0 ? new SeenCheckpoints.Checked(lastSeal, lastEnds, places) : null;
    }
}
