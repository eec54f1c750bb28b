// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.KeptFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TlogReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The checkpoints that an earlier audit of a sealed log saw, kept in a file. With them an audit finds a log whose
 * history was changed. A file with a checkpoint that the log did not sign is refused, so that the log is not accused of
 * something that it did not sign.
 */
public final class SeenCheckpoints {
    private static final String CHECKED = "checked";
    private static final String RESULTS = "results";
    private static final String SUM = "sha256";

    /**
     * The most bytes of the file: room for both checkpoints in JSON, and for the places of a million ballots' results.
     */
    private static final int LONGEST = 3 * SignedNote.LONGEST + (16 << 20);

    private final Path file;
    private final Map<SealedLog, Seen> seen = new LinkedHashMap<>();
    private @Nullable Checked checked;

    private record Seen(SignedNote note, Checkpoint checkpoint) {
        static Seen of(SignedNote note) {
            return new Seen(note, Checkpoint.parse(note.text()));
        }
    }

    /**
     * The places of the newest seals among the leaves that were checked, so that the next audit can continue after
     * them.
     *
     * @param seal the index of the newest seal of any kind
     * @param ends the index of the newest seal of records
     * @param results the index of each ballot's newest sealed result
     */
    public record Checked(long seal, long ends, List<Long> results) {
        /** The places, with a list of their own. */
        public Checked {
            results = List.copyOf(results);
        }
    }

    /**
     * Reads the file, if it exists.
     *
     * @param key the log's public key
     * @throws AuditException when the file is damaged or not about this log
     */
    public SeenCheckpoints(Path file, SealedLogKey key) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        Map<SealedLog, Seen> read = new LinkedHashMap<>();
        try {
            JsonNode document = Texts.JSON.readTree(InputFile.text(file, LONGEST));
            for (SealedLog tree : SealedLog.values()) {
                String text = document.path(tree.path()).asString("");
                Seen there = Seen.of(SignedNote.parse(text.getBytes(StandardCharsets.UTF_8)));
                String wrong = SealedTreeView.fault(tree, there.note(), there.checkpoint(), key);
                if (wrong != null) {
                    throw refused(wrong, null);
                }
                read.put(tree, there);
            }
            checked = checked(document);
        } catch (JacksonException e) {
            throw refused("it is no JSON", e);
        } catch (TlogException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
        seen.putAll(read);
    }

    private AuditException refused(String why, @Nullable Throwable cause) {
        String what =
                "%s is not what an earlier look at this log kept, so it says nothing for or against it: %s. Take the right file or key; or move the file away, and what is seen now is kept"
                        .formatted(file, why);
        return cause == null ? new AuditException(what) : new AuditException(what, cause);
    }

    private @Nullable Checked checked(JsonNode document) {
        JsonNode kept = document.path(CHECKED);
        if (!kept.has(RESULTS)) {
            // A file of an older version: all leaves are checked anew.
            return null;
        }
        List<Long> results = new ArrayList<>();
        kept.path(RESULTS).forEach(index -> results.add(index.asLong(-1)));
        Checked there =
                new Checked(kept.path("seal").asLong(-1), kept.path("ends").asLong(-1), results);
        String sum = sum(
                document.path(SealedLog.VOTES.path()).asString(""),
                document.path(SealedLog.VERDICTS.path()).asString(""),
                there);
        if (!sum.equals(document.path(SUM).asString(""))) {
            throw refused("its checksum is another one; it is damaged", null);
        }
        return there;
    }

    private static String sum(String votes, String verdicts, Checked checked) {
        String all = "%s%n%s%n%d %d %s".formatted(votes, verdicts, checked.seal(), checked.ends(), checked.results());
        return HexFormat.of().formatHex(Hashes.sha256().digest(all.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether no checkpoint was seen before. */
    public boolean isEmpty() {
        return seen.isEmpty();
    }

    /** The checkpoint of a tree that was seen, with its signatures; null where none was. */
    public @Nullable SignedNote note(SealedLog tree) {
        Seen before = seen.get(tree);
        return before == null ? null : before.note();
    }

    /** The checkpoint of a tree that was seen; null where none was. */
    public @Nullable Checkpoint checkpoint(SealedLog tree) {
        Seen before = seen.get(tree);
        return before == null ? null : before.checkpoint();
    }

    /** The number of a tree's leaves that an earlier audit checked; 0 where that is not known. */
    public long checkedTo(SealedTreeView now) {
        Checkpoint before = checkpoint(now.tree());
        return checked == null
                        || before == null
                        || before.size() > now.checkpoint().size()
                ? 0
                : before.size();
    }

    /** The places of the newest seals among the leaves that were checked in both trees; null where none were. */
    public @Nullable Checked checked() {
        return checked;
    }

    /** The sizes of both trees when they were seen, in words. */
    String sizes() {
        StringBuilder sizes = new StringBuilder();
        seen.forEach((tree, before) -> sizes.append(sizes.isEmpty() ? "" : ", ")
                .append(Texts.count(before.checkpoint().size(), "leaf", "leaves"))
                .append(" of ")
                .append(tree.path()));
        return sizes.toString();
    }

    /**
     * Why a tree, as it is shown now, is not consistent with the checkpoint that was seen; null when it is.
     *
     * @throws TlogException when the tree's tiles do not allow the check
     */
    @Nullable
    String contradiction(SealedTreeView now) {
        Checkpoint before = checkpoint(now.tree());
        Checkpoint shown = now.checkpoint();
        if (before == null) {
            return null;
        }
        if (before.size() > shown.size()) {
            return isOlder(now)
                    ? null
                    : "the tree of %s had %,d leaves when it was seen before, and is shown with %,d"
                            .formatted(now.tree().path(), before.size(), shown.size());
        }
        boolean goesOn = Proofs.consistent(
                before.size(),
                before.root(),
                shown.size(),
                shown.root(),
                now.reader().consistency(before.size()));
        return goesOn
                ? null
                : "the first %,d leaves of the tree of %s are not those that were seen before: its history was changed. Keep %s: with the checkpoint that is shown now it is the evidence"
                        .formatted(before.size(), now.tree().path(), file);
    }

    /** The number of leaves that a tree had when it was seen; 0 where it was not. */
    long size(SealedLog tree) {
        Checkpoint before = checkpoint(tree);
        return before == null ? 0 : before.size();
    }

    /** Whether a tree that is smaller than the one that was seen is provably the beginning of that one: an older tree is shown. */
    boolean isOlder(SealedTreeView now) {
        Checkpoint before = checkpoint(now.tree());
        if (before == null || before.size() <= now.checkpoint().size()) {
            return false;
        }
        try {
            TlogReader ofSeen = new TlogReader(now.source(), before.size(), before.root());
            return Proofs.consistent(
                    now.checkpoint().size(),
                    now.checkpoint().root(),
                    before.size(),
                    before.root(),
                    ofSeen.consistency(now.checkpoint().size()));
        } catch (TlogException e) {
            // The tiles of the larger tree are not shown any more, or are those of another tree.
            return false;
        }
    }

    /**
     * Writes the checkpoints that are seen now to the file, and holds what comes next to them.
     *
     * @param upTo the places of the newest seals among the checked leaves; null where there are none yet
     */
    public void keep(SignedNote votes, SignedNote verdicts, @Nullable Checked upTo) {
        String ofVotes = new String(votes.bytes(), StandardCharsets.UTF_8);
        String ofVerdicts = new String(verdicts.bytes(), StandardCharsets.UTF_8);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(SealedLog.VOTES.path(), ofVotes);
        document.put(SealedLog.VERDICTS.path(), ofVerdicts);
        if (upTo != null) {
            document.put(CHECKED, Map.of("seal", upTo.seal(), "ends", upTo.ends(), RESULTS, upTo.results()));
            document.put(SUM, sum(ofVotes, ofVerdicts, upTo));
        }
        KeptFile.replace(file, (Texts.JSON.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8));
        seen.put(SealedLog.VOTES, Seen.of(votes));
        seen.put(SealedLog.VERDICTS, Seen.of(verdicts));
        checked = upTo;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
