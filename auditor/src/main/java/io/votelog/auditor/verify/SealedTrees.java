// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TreeFiles;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Both trees of a sealed log as they are shown at one moment: checkpoints, seals, and the files that hold the trees. What
 * is in them is looked at by {@link SealedLogAudit}.
 */
public final class SealedTrees implements AutoCloseable {
    private final SealedTreeView verdicts;
    private final SealedTreeView votes;

    /**
     * @param log the folder or the URL of the sealed log
     * @throws AuditException when a tree has no checkpoint, or an invalid one
     */
    public SealedTrees(String log) {
        this(tree -> SealedTreeView.open(tree, log));
    }

    private SealedTrees(Function<SealedLog, SealedTreeView> open) {
        // Verdicts first: the trees may grow in between, and the tree of votes must not be the shorter one.
        verdicts = open.apply(SealedLog.VERDICTS);
        try {
            votes = open.apply(SealedLog.VOTES);
        } catch (RuntimeException e) {
            verdicts.close();
            throw e;
        }
    }

    /**
     * Both trees of a sealed log, each with a checkpoint that the key signed.
     *
     * @param log the folder or the URL of the sealed log
     * @throws AuditException when a tree has no such checkpoint
     */
    static SealedTrees signed(String log, SealedLogKey key) {
        return new SealedTrees(tree -> SealedTreeView.openSigned(tree, log, key));
    }

    /** A tree as it is shown. */
    SealedTreeView view(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }

    /** The shown checkpoint of a tree, with its signatures. */
    public SignedNote note(SealedLog tree) {
        return view(tree).note();
    }

    /** What the shown checkpoint of a tree says. */
    public Checkpoint checkpoint(SealedLog tree) {
        return view(tree).checkpoint();
    }

    /** Why a checkpoint is not this log's; empty when both are. */
    public Optional<String> fault(SealedLogKey key) {
        for (SealedLog tree : SealedLog.values()) {
            String fault = view(tree).fault(key);
            if (fault != null) {
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    /**
     * The seals of the tree of votes in their order.
     *
     * @throws AuditException when there is no seal at a place where one must be
     * @throws io.votelog.auditor.tlog.TlogException when the tree's files do not lead to its root, or cannot be read
     */
    public List<Seal> seals() {
        return SealIndex.read(votes.reader(), votes.checkpoint().size()).seals().stream()
                .map(SealIndex.Placed::seal)
                .toList();
    }

    /**
     * Passes the path and the bytes of each file of a tree to a consumer, the checkpoint aside.
     *
     * @throws io.votelog.auditor.tlog.TlogException when one is missing or cannot be read
     */
    public void files(SealedLog tree, BiConsumer<String, ByteBuffer> consumer) {
        new TreeFiles(view(tree).source(), checkpoint(tree).size()).each(consumer);
    }

    /**
     * Why an earlier checkpoint is none of this tree's; empty when it is signed, and its leaves are the first ones of
     * this tree. Of a checkpoint of a larger tree only its signature is looked at.
     *
     * @throws io.votelog.auditor.tlog.TlogException when the note holds no checkpoint, or the tree's files do not allow
     *     the check
     */
    public Optional<String> contradiction(SealedLog tree, SignedNote earlier, SealedLogKey key) {
        Checkpoint checkpoint = Checkpoint.parse(earlier.text());
        String fault = SealedTreeView.fault(tree, earlier, checkpoint, key);
        if (fault != null) {
            return Optional.of(fault);
        }
        if (checkpoint.size() <= checkpoint(tree).size()
                && !Arrays.equals(checkpoint.root(), view(tree).reader().root(checkpoint.size()))) {
            NoteVerifier verifier = key.of(tree);
            return Optional.of("%s signed another root for the first %d leaves than the tree has"
                    .formatted(verifier.name(), checkpoint.size()));
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        try (verdicts) {
            votes.close();
        }
    }
}
