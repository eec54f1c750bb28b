// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TileWriter;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.SealedTree;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one tree of the sealed log to its folder, up to the newest seal. For each seal it forces the tiles to the
 * disk, then signs the checkpoint, then writes the checkpoint to the topic of seals, and then to the file that readers
 * use. After a crash in between, the next start reads from the topic what was signed, and writes the rest again from
 * the log: the same leaves, and so the same bytes.
 */
public final class SealedTreeWriter implements AutoCloseable {
    private final SealedTree tree;
    private final Path folder;
    private final NoteSigner signer;
    private final LeafSource source;
    private final SealsTopic topic;
    private final CheckpointFile file;
    private final TileWriter tiles;
    private final boolean shows;
    private @Nullable SignedNote signed;
    private int nextSeal;

    /** The size of the tree that readers are shown. */
    private volatile long shownSize;

    private @Nullable SealedTreeWriter first;
    private @Nullable SignedNote held;

    /**
     * Opens the tree at the checkpoint in its folder, or begins a tree in an empty folder.
     *
     * @param log the folder of both trees
     * @param key that signs the log's checkpoints
     * @param source closed with this object
     * @param shows whether to write a checkpoint to the file as soon as it is signed; else the caller does that, with
     *     witnesses' cosignatures
     * @throws AuditException when the folder does not hold the tree that was signed
     */
    public SealedTreeWriter(
            SealedLog which, Path log, SealingKey key, LeafSource source, SealsTopic topic, boolean shows) {
        this.tree = which.event();
        this.folder = which.folder(log);
        this.signer = key.of(which);
        this.shows = shows;
        this.source = source;
        this.topic = topic;
        this.file = new CheckpointFile(folder);
        signedByThisKey();
        SignedNote note = file.shown();
        if (note == null) {
            // Also where the topic has seals already: then the whole tree is written again from the log, and must have
            // the roots that were signed.
            tiles = open(0);
        } else {
            signed = note;
            long sequence = topic.sequence(tree, note.text())
                    .orElseThrow(
                            () -> new AuditException("%s shows a checkpoint that %s does not have: it is of another log"
                                    .formatted(folder, Topics.SEALS.name())));
            shownSize = Checkpoint.parse(note.text()).size();
            tiles = open(shownSize);
            nextSeal = (int) sequence + 1;
            same(sequence);
        }
    }

    /** A log has one key for each tree, for good: with another one nobody would believe what is signed from here on. */
    private void signedByThisKey() {
        topic.newest(tree)
                .map(newest -> SignedNote.parse(newest.getNote().getBytes(StandardCharsets.UTF_8)))
                .filter(note -> note.signatures().stream()
                        .noneMatch(signature -> signer.verifier().verifies(note.text(), signature.line())))
                .ifPresent(note -> {
                    throw new AuditException("%s has checkpoints of %s that are signed with another key than %s"
                            .formatted(
                                    Topics.SEALS.name(),
                                    Checkpoint.parse(note.text()).origin(),
                                    signer.verifier().vkey()));
                });
    }

    private TileWriter open(long size) {
        try {
            return TileWriter.open(folder, size);
        } catch (TlogException e) {
            throw new AuditException(
                    "%s does not hold the %d leaves that were signed: %s. Move it away, and it is made from the log again"
                            .formatted(folder, size, e.getMessage()),
                    e);
        }
    }

    /** The number of seals whose leaves the tree holds. */
    int seals() {
        return nextSeal;
    }

    /** The checkpoint of the tree as it is written now, signed or not. */
    public Checkpoint checkpoint() {
        return new Checkpoint(signer.verifier().name(), tiles.size(), tiles.root());
    }

    /**
     * Appends the leaves of every seal whose leaves can be made by now. A follower of the topic of seals waits for the checkpoint
     * that the writer signs with each.
     *
     * @throws AuditException when the leaves differ from those that were signed before
     */
    void catchUp() {
        while (nextSeal < topic.seals().size()) {
            Seal seal = topic.seals().get(nextSeal);
            if (!topic.writes() && topic.signedText(tree, seal.sequence()).isEmpty()) {
                return;
            }
            if (seal instanceof Seal.OfLog sealed) {
                if (!source.ready(sealed)) {
                    return;
                }
                append(new Leaf.Ends(sealed.sequence(), sealed.ends()));
                source.leaves(sealed, this::append);
            } else if (seal instanceof Seal.OfResult sealed) {
                append(new Leaf.Result(sealed.sequence(), sealed.statement()));
            }
            tiles.flush();
            nextSeal++;
            publish(seal.sequence());
        }
    }

    private void append(Leaf leaf) {
        tiles.append(leaf.entry());
    }

    private void publish(long sequence) {
        if (topic.signedText(tree, sequence).isPresent()) {
            same(sequence);
            topic.newest(tree)
                    .filter(newest -> newest.getSequence() == sequence)
                    .ifPresent(newest -> signed(newest.getNote()));
            return;
        }
        Checkpoint checkpoint = checkpoint();
        String text = checkpoint.text();
        String note = text + "\n" + signer.sign(text) + "\n";
        topic.publish(new CheckpointSigned(tree, sequence, checkpoint.size(), note));
        signed(note);
    }

    private void signed(String note) {
        SignedNote newest = SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
        if (signed == null || !signed.text().equals(newest.text())) {
            signed = newest;
        }
        if (!shows) {
            return;
        }
        held = newest;
        showHeld();
    }

    /** Has readers never see more of this tree than of the other one, so that none finds verdicts on votes that are not shown. */
    void behind(SealedTreeWriter other) {
        first = other;
    }

    /** Shows the checkpoint that waits until as much of the other tree is shown. */
    void showHeld() {
        SignedNote waiting = held;
        if (waiting != null) {
            long size = Checkpoint.parse(waiting.text()).size();
            if (first == null || first.shownSize >= size) {
                file.show(waiting);
                shownSize = size;
                held = null;
            }
        }
    }

    private void same(long sequence) {
        String text = checkpoint().text();
        String signed = topic.signedText(tree, sequence).orElseThrow();
        if (!signed.equals(text)) {
            throw new AuditException(
                    "%s: with seal %d it is%n%sand was signed as%n%sWhat is read here is not the log that was sealed, or not in this folder; nothing more is signed"
                            .formatted(folder, sequence, text, signed));
        }
    }

    /**
     * The checkpoint that was signed last, with the cosignatures that the file had when this object was created; empty
     * before the first seal.
     */
    public Optional<SignedNote> signed() {
        return Optional.ofNullable(signed);
    }

    @Override
    public void close() {
        source.close();
    }
}
