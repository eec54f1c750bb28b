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
 * One tree of the sealed log in its folder, brought up to the seals that there are. For each seal: the tiles, safely on disk;
 * then the signature; then the topic; then the file that readers look at. Whoever stops in between finds on the next start in
 * the topic what was signed, and makes the rest again from the log: the same leaves, so the same bytes.
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

    /**
     * Opens the tree at the checkpoint that its folder shows, or begins it in an empty folder.
     *
     * @param log the folder of both trees
     * @param key of the log
     * @param source closed with this object
     * @param shows whether it shows what it signs at once; else who made this object does that, with witnesses' cosignatures
     * @throws AuditException when the folder does not hold what was signed
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
        SignedNote note = file.shown();
        if (note == null) {
            // Also where the topic has more: then all is made from the log again, and what was signed is what must come
            // out.
            tiles = open(0);
        } else {
            signed = note;
            long sequence = topic.sequence(tree, note.text())
                    .orElseThrow(
                            () -> new AuditException("%s shows a checkpoint that %s does not have: it is of another log"
                                    .formatted(folder, Topics.SEALS.name())));
            tiles = open(Checkpoint.parse(note.text()).size());
            nextSeal = (int) sequence + 1;
            same(sequence);
        }
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

    /** How many of the seals the tree holds. */
    int seals() {
        return nextSeal;
    }

    public Checkpoint checkpoint() {
        return new Checkpoint(signer.verifier().name(), tiles.size(), tiles.root());
    }

    /**
     * Adds the leaves of every seal for which all is there.
     *
     * @throws AuditException when they are not those that were signed before
     */
    void catchUp() {
        while (nextSeal < topic.seals().size()) {
            Seal seal = topic.seals().get(nextSeal);
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
        if (shows) {
            file.show(newest);
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

    /** What was signed last, with the cosignatures that were shown with it when this object was made; empty before the first seal. */
    public Optional<SignedNote> signed() {
        return Optional.ofNullable(signed);
    }

    @Override
    public void close() {
        source.close();
    }
}
