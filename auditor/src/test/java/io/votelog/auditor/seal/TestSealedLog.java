// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.RecordOutcome;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.tiles.TileWriter;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotSealed;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.LogSealed;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;

/** Both trees of a log in memory, sealed in parts, as an honest or a lying sealer makes them. */
public final class TestSealedLog {
    public static final SealingKey KEY = SealingKey.generate("example.org/votelog");

    private final Path folder;
    private final TestLog log;
    private final List<Leaf> votes = new ArrayList<>();
    private final List<Leaf> verdicts = new ArrayList<>();
    private long[] sealedTo = new long[TestLog.PARTITIONS];
    private long sequence;

    /** What an honest sealer writes to the topic of seals. */
    private final List<SpecificRecord> events = new ArrayList<>();

    /** Replaces a leaf of verdicts; by default with itself. */
    public BiFunction<Long, Leaf, Leaf> lie = (offset, leaf) -> leaf;

    /** The keys of both trees, as {@code --log-key} takes them. */
    public static String vkeys() {
        return KEY.publicKey().votes().vkey() + " " + KEY.publicKey().verdicts().vkey();
    }

    public TestSealedLog(Path folder, TestLog log) {
        this.folder = folder;
        this.log = log;
    }

    /** Seals all records of the log. */
    public TestSealedLog seal() {
        return seal(log.ranges(Topics.VOTES.name()).stream()
                .mapToLong(OffsetRange::end)
                .toArray());
    }

    /** Seals a part of what is in the log. */
    public TestSealedLog seal(long... ends) {
        events.add(new LogSealed(sequence, Arrays.stream(ends).boxed().toList()));
        Leaf seal = new Leaf.Ends(sequence++, ends);
        sealedTo = Arrays.copyOf(sealedTo, Math.max(sealedTo.length, ends.length));
        votes.add(seal);
        verdicts.add(seal);
        Commitments commitments = new Commitments();
        for (int partition = 0; partition < ends.length; partition++) {
            PartitionReplay replay = new PartitionReplay(partition, TestLog.keys(), any -> Long.MAX_VALUE, Map.of());
            for (var record : log.records(Topics.VOTES, partition)) {
                replay.take(record);
                if (record.offset() >= sealedTo[partition] && record.offset() < ends[partition]) {
                    votes.add(commitments.leaf(record));
                    byte outcome = replay.outcomes().at(record.offset());
                    verdicts.add(lie.apply(record.offset(), leaf(partition, record.offset(), outcome)));
                }
            }
        }
        System.arraycopy(ends, 0, sealedTo, 0, ends.length);
        return this;
    }

    private static Leaf leaf(int partition, long offset, byte outcome) {
        if (outcome == RecordOutcome.CONTROL) {
            return new Leaf.Obeyed(partition, offset);
        }
        if (RecordOutcome.isPoison(outcome)) {
            return new Leaf.PutAside(
                    partition, offset, RecordOutcome.cause(outcome).name());
        }
        String[] said = RecordOutcome.text(outcome).split(" ");
        return new Leaf.Verdict(partition, offset, said[0], said.length > 1 ? said[1] : "");
    }

    /** Seals a result. */
    public TestSealedLog result(String statement) {
        Leaf leaf = new Leaf.Result(sequence++, statement);
        votes.add(leaf);
        verdicts.add(leaf);
        return this;
    }

    /** Seals the results that were published. */
    public TestSealedLog result(BallotResults results) throws IOException {
        return result(
                results, FinalResults.statement(results, checkpoint(SealedLog.VOTES), checkpoint(SealedLog.VERDICTS)));
    }

    /** Seals a statement of results. */
    public TestSealedLog result(BallotResults results, String statement) {
        events.add(new BallotSealed(sequence, results.getBallotId(), results.getRevision(), statement));
        return result(statement);
    }

    /** Signs both trees as they are, for the topic of seals. */
    public TestSealedLog note(SealingKey key) throws IOException {
        for (SealedLog tree : SealedLog.values()) {
            Checkpoint checkpoint = checkpoint(tree);
            SignedNote note = new SignedNote(checkpoint.text(), List.of())
                    .with(key.of(tree).sign(checkpoint.text()));
            events.add(new CheckpointSigned(
                    tree.event(), sequence - 1, checkpoint.size(), new String(note.bytes(), StandardCharsets.UTF_8)));
        }
        return this;
    }

    /** Writes what was sealed to the topic of seals. */
    public TestSealedLog publish() {
        log.withTopic(Topics.SEALS);
        events.forEach(event -> log.add(Topics.SEALS, 0, null, Events.encode(event)));
        return this;
    }

    /** The leaves of votes, to be changed. */
    public List<Leaf> votes() {
        return votes;
    }

    /** The checkpoint of a tree so far. */
    public Checkpoint checkpoint(SealedLog tree) throws IOException {
        Path scratch = Files.createTempDirectory("tree");
        TileWriter writer = TileWriter.open(scratch, 0);
        leaves(tree).forEach(leaf -> writer.append(leaf.entry()));
        return new Checkpoint(KEY.of(tree).verifier().name(), writer.size(), writer.root());
    }

    private List<Leaf> leaves(SealedLog tree) {
        return tree == SealedLog.VOTES ? votes : verdicts;
    }

    /** Writes tiles and checkpoints. */
    public TestSealedLog sign(SealingKey key) {
        for (SealedLog tree : SealedLog.values()) {
            TileWriter writer = TileWriter.open(tree.folder(folder), 0);
            leaves(tree).forEach(leaf -> writer.append(leaf.entry()));
            byte[] root = writer.flush();
            NoteSigner signer = key.of(tree);
            String text = new Checkpoint(signer.verifier().name(), writer.size(), root).text();
            new CheckpointFile(tree.folder(folder)).show(new SignedNote(text, List.of()).with(signer.sign(text)));
        }
        return this;
    }
}
