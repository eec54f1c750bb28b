// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.tlog.tiles.TlogReader;
import io.votelog.auditor.tlog.tiles.TreeEdge;
import io.votelog.auditor.verify.Contradiction;
import io.votelog.auditor.verify.SealedLeavesCheck;
import io.votelog.auditor.verify.SealedTreeView;
import io.votelog.auditor.verify.SeenCheckpoints;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks at both trees of a sealed log: at what is new since the last look. It goes forward only to trees that continue
 * those that were seen, and whose new tiles and leaves are right. What proves something is what the log signed; what
 * cannot be read, or does not lead to a signed root, proves nothing, since anybody on the way may have changed it.
 */
final class TreesLook {
    private final Map<SealedLog, TileSource> sources;
    private final String log;
    private final SealedLogKey key;
    private final SeenCheckpoints seen;
    private final MonitorState state;
    private final Progress progress;

    /** The leaves that were checked by this object; null where the next look goes on from what was kept. */
    private @Nullable SealedLeavesCheck leaves;

    TreesLook(
            Map<SealedLog, TileSource> sources,
            String log,
            SealedLogKey key,
            SeenCheckpoints seen,
            MonitorState state,
            Progress progress) {
        this.sources = sources;
        this.log = log;
        this.key = key;
        this.seen = seen;
        this.state = state;
        this.progress = progress;
    }

    /**
     * Both trees as they are shown.
     *
     * @param whole whether they continue what was seen, and all their leaves are right
     * @param grown whether they have leaves that were not seen before
     */
    record Shown(SealedTreeView votes, SealedTreeView verdicts, boolean whole, boolean grown) implements AutoCloseable {
        SealedTreeView of(SealedLog tree) {
            return tree == SealedLog.VOTES ? votes : verdicts;
        }

        @Override
        public void close() {
            try {
                votes.close();
            } finally {
                verdicts.close();
            }
        }
    }

    /**
     * Looks once.
     *
     * @return the trees, to be closed by the caller; null where they are not shown, or nothing that the log signed is
     */
    @Nullable
    Shown look(Findings findings) {
        // Verdicts first: the trees may grow in between, and the tree of votes must not be the shorter one.
        SealedTreeView verdicts = open(SealedLog.VERDICTS, findings);
        SealedTreeView votes = open(SealedLog.VOTES, findings);
        if (votes == null || verdicts == null) {
            close(votes);
            close(verdicts);
            return null;
        }
        boolean whole = false;
        boolean grown = isNew(votes) || isNew(verdicts);
        try {
            whole = check(votes, verdicts, findings);
            findings.fine(AlarmKind.UNREADABLE, "");
        } catch (UnreadableException e) {
            findings.found(AlarmKind.UNREADABLE, "", String.valueOf(e.getMessage()));
        } finally {
            if (!whole) {
                leaves = null;
            }
        }
        return new Shown(votes, verdicts, whole, whole && grown);
    }

    private static void close(@Nullable SealedTreeView view) {
        if (view != null) {
            view.close();
        }
    }

    private @Nullable SealedTreeView open(SealedLog tree, Findings findings) {
        TileSource source = SealedLogFiles.cached(Objects.requireNonNull(sources.get(tree)));
        try {
            SealedTreeView view = SealedTreeView.openIfShown(tree, log, source);
            String wrong = view == null ? null : view.fault(key);
            if (view == null) {
                findings.found(
                        AlarmKind.UNREADABLE,
                        "",
                        "%s shows no checkpoint of its tree of %s".formatted(log, tree.path()));
            } else if (wrong == null) {
                findings.fine(AlarmKind.UNSIGNED, tree.path());
                return view;
            } else {
                findings.found(AlarmKind.UNSIGNED, tree.path(), wrong);
            }
        } catch (UnreadableException e) {
            findings.found(AlarmKind.UNREADABLE, "", String.valueOf(e.getMessage()));
        } catch (AuditException e) {
            findings.found(AlarmKind.UNSIGNED, tree.path(), String.valueOf(e.getMessage()));
        }
        SealedLogFiles.close(source);
        return null;
    }

    private boolean isNew(SealedTreeView view) {
        Checkpoint before = seen.checkpoint(view.tree());
        return before == null || !before.equals(view.checkpoint());
    }

    private boolean check(SealedTreeView votes, SealedTreeView verdicts, Findings findings) {
        // Both are compared, whatever the first comparison finds.
        boolean continued = continues(votes, findings) & continues(verdicts, findings);
        if (!continued) {
            return false;
        }
        if (votes.checkpoint().size() < verdicts.checkpoint().size()) {
            findings.found(
                    AlarmKind.STALE,
                    SealedLog.VOTES.path(),
                    "the tree of votes is shown with %,d leaves, and that of verdicts with %,d: an older tree of votes is shown"
                            .formatted(
                                    votes.checkpoint().size(),
                                    verdicts.checkpoint().size()));
            return false;
        }
        if ((isNew(votes) || isNew(verdicts) || seen.checked() == null) && !goForward(votes, verdicts, findings)) {
            return false;
        }
        for (SealedLog tree : SealedLog.values()) {
            findings.fine(AlarmKind.STALE, tree.path());
            findings.fine(AlarmKind.DAMAGED, tree.path());
        }
        return true;
    }

    /** Whether a tree continues the one that was seen. */
    private boolean continues(SealedTreeView shown, Findings findings) {
        String tree = shown.tree().path();
        SignedNote before = seen.note(shown.tree());
        Checkpoint seenBefore = seen.checkpoint(shown.tree());
        if (before == null || seenBefore == null || !isNew(shown)) {
            return true;
        }
        if (shown.checkpoint().size() < seenBefore.size()) {
            smaller(shown, before, seenBefore, findings);
            return false;
        }
        try {
            Contradiction contradiction = Contradiction.between(before, shown.note(), shown.reader());
            if (contradiction == null) {
                return true;
            }
            findings.found(
                    AlarmKind.FORK,
                    tree,
                    "the tree of %s was changed: %s".formatted(tree, contradiction.how()),
                    contradiction.evidence());
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, tree, String.valueOf(e.getMessage()));
        }
        return false;
    }

    /** A smaller tree is an older one that somebody still shows, or one that was cut and signed anew. */
    private void smaller(SealedTreeView shown, SignedNote before, Checkpoint seenBefore, Findings findings) {
        String tree = shown.tree().path();
        String what = "the tree of %s had %,d leaves when it was seen, and is shown with %,d"
                .formatted(tree, seenBefore.size(), shown.checkpoint().size());
        Contradiction contradiction;
        String why = "these are its first ones: an older tree is shown";
        try {
            TlogReader ofSeen = new TlogReader(shown.source(), seenBefore.size(), seenBefore.root());
            contradiction = Contradiction.between(shown.note(), before, ofSeen);
        } catch (TlogException e) {
            // The tiles of the larger tree are not shown any more, or are those of another tree.
            why = "whether these are its first ones can't be told: " + e.getMessage();
            contradiction = byEdges(shown, before, seenBefore);
        }
        if (contradiction == null) {
            findings.found(AlarmKind.STALE, tree, what + "; " + why);
        } else {
            findings.found(AlarmKind.SHRUNKEN, tree, what + "; " + contradiction.how(), contradiction.evidence());
        }
    }

    private @Nullable Contradiction byEdges(SealedTreeView shown, SignedNote before, Checkpoint seenBefore) {
        TreeEdge edge = state.edges().get(shown.tree());
        if (edge == null || !isEdgeOf(edge, seenBefore)) {
            return null;
        }
        try {
            return Contradiction.between(shown.note(), shown.reader().rightEdge(), before, edge);
        } catch (TlogException notReadEither) {
            return null;
        }
    }

    private static boolean isEdgeOf(TreeEdge edge, Checkpoint checkpoint) {
        return edge.size() == checkpoint.size() && Arrays.equals(edge.root(), checkpoint.root());
    }

    private boolean goForward(SealedTreeView votes, SealedTreeView verdicts, Findings findings) {
        // Both are checked, whatever the first check finds.
        boolean whole = tiles(votes, findings) & tiles(verdicts, findings);
        if (!whole) {
            return false;
        }
        SealedLeavesCheck check = leaves;
        try {
            long from = seen.checkedTo(verdicts);
            SeenCheckpoints.Checked before = seen.checked();
            if (check == null) {
                check = new SealedLeavesCheck();
                if (from > 0 && before != null) {
                    check.resume(before, verdicts, from, seen.toString());
                }
            }
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, SealedLog.VERDICTS.path(), String.valueOf(e.getMessage()));
            return false;
        }
        if (!inOrder(check, votes, verdicts, findings)) {
            return false;
        }
        keep(check, votes, verdicts);
        return true;
    }

    private boolean tiles(SealedTreeView view, Findings findings) {
        try {
            progress.begin(
                    "checking tiles of " + view.tree().path(), view.checkpoint().size());
            view.reader().check(seen.checkedTo(view));
            return true;
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, view.tree().path(), String.valueOf(e.getMessage()));
            return false;
        } finally {
            progress.end();
        }
    }

    private boolean inOrder(SealedLeavesCheck check, SealedTreeView votes, SealedTreeView verdicts, Findings findings) {
        AlarmKind kind = AlarmKind.ORDER;
        String wrong;
        try {
            progress.begin("reading leaves", votes.checkpoint().size());
            wrong = check.run(votes, verdicts, progress);
            if (wrong == null) {
                kind = AlarmKind.RESULT;
                wrong = check.wrongTrees(votes, verdicts);
            }
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            findings.found(AlarmKind.DAMAGED, SealedLog.VOTES.path(), String.valueOf(e.getMessage()));
            return false;
        } catch (AuditException e) {
            // An entry that the log signed and that is no leaf, or no statement.
            wrong = String.valueOf(e.getMessage());
        } finally {
            progress.end();
        }
        if (wrong == null) {
            return true;
        }
        Map<String, byte[]> evidence = new LinkedHashMap<>();
        evidence.put("votes.checkpoint", votes.note().bytes());
        evidence.put("verdicts.checkpoint", verdicts.note().bytes());
        findings.found(kind, "", wrong, evidence);
        return false;
    }

    private void keep(SealedLeavesCheck check, SealedTreeView votes, SealedTreeView verdicts) {
        Map<SealedLog, TreeEdge> edges = new LinkedHashMap<>();
        edges.put(SealedLog.VOTES, votes.reader().rightEdge());
        edges.put(SealedLog.VERDICTS, verdicts.reader().rightEdge());
        seen.keep(votes.note(), verdicts.note(), check.checked());
        state.edges().putAll(edges);
        leaves = check;
    }
}
