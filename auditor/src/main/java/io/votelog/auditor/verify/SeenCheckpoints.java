// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an earlier look at a sealed log saw, in a file: who has seen a checkpoint can tell when the log does not go on from it. It
 * accuses nobody of what the log did not sign: a file whose checkpoints are not signed by the log is refused.
 */
public final class SeenCheckpoints {
    private static final String CHECKED = "checked";
    private static final String RESULTS = "results";
    private static final String SUM = "sha256";

    /** Both checkpoints, escaped, and where the results of a million ballots stand. */
    private static final int LONGEST = 3 * SignedNote.LONGEST + (16 << 20);

    private final Path file;
    private final Map<SealedLog, Checkpoint> seen = new LinkedHashMap<>();
    private @Nullable Checked checked;

    /**
     * Where the newest seals stand among leaves that were looked at, so that the next look can go on behind them.
     *
     * @param seal the index of the newest one of any kind
     * @param ends the index of the newest one that is of records
     * @param results the indices of each ballot's newest result
     */
    record Checked(long seal, long ends, List<Long> results) {
        Checked {
            results = List.copyOf(results);
        }
    }

    /**
     * Reads the file, if it is there.
     *
     * @param key the log's public key
     * @throws AuditException when it is there, and is damaged or not of this log
     */
    public SeenCheckpoints(Path file, SealedLogKey key) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        Map<SealedLog, Checkpoint> read = new LinkedHashMap<>();
        try {
            JsonNode document = Texts.JSON.readTree(InputFile.text(file, LONGEST));
            for (SealedLog tree : SealedLog.values()) {
                String text = document.path(tree.path()).asString("");
                SignedNote note = SignedNote.parse(text.getBytes(StandardCharsets.UTF_8));
                Checkpoint checkpoint = Checkpoint.parse(note.text());
                String wrong = SealedTreeView.fault(tree, note, checkpoint, key);
                if (wrong != null) {
                    throw refused(wrong, null);
                }
                read.put(tree, checkpoint);
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
            // As older versions kept it: all is looked at anew.
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

    /** Whether there was none. */
    boolean isEmpty() {
        return seen.isEmpty();
    }

    /** How many leaves of a tree were looked at before; none where that is not known of all that they are. */
    long checkedTo(SealedTreeView now) {
        Checkpoint before = seen.get(now.tree());
        return checked == null
                        || before == null
                        || before.size() > now.checkpoint().size()
                ? 0
                : before.size();
    }

    /** Where the newest seals stand among the leaves that were looked at in both trees; null: in none. */
    @Nullable
    Checked checked() {
        return checked;
    }

    /** How long the trees were, in words. */
    String sizes() {
        StringBuilder sizes = new StringBuilder();
        seen.forEach((tree, checkpoint) -> sizes.append(sizes.isEmpty() ? "" : ", ")
                .append(Texts.count(checkpoint.size(), "leaf", "leaves"))
                .append(" of ")
                .append(tree.path()));
        return sizes.toString();
    }

    /**
     * Why a tree as it is shown now does not go on from what was seen; nothing when it does.
     *
     * @throws TlogException when its tiles do not tell
     */
    @Nullable
    String contradiction(SealedTreeView now) {
        Checkpoint before = seen.get(now.tree());
        Checkpoint shown = now.checkpoint();
        if (before == null) {
            return null;
        }
        if (before.size() > shown.size()) {
            return "the tree of %s had %,d leaves when it was seen before, and is shown with %,d"
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

    /**
     * Keeps what is seen now.
     *
     * @param upTo where the newest seals stand in what was looked at; null where there are none yet
     */
    void keep(SignedNote votes, SignedNote verdicts, @Nullable Checked upTo) {
        String ofVotes = new String(votes.bytes(), StandardCharsets.UTF_8);
        String ofVerdicts = new String(verdicts.bytes(), StandardCharsets.UTF_8);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(SealedLog.VOTES.path(), ofVotes);
        document.put(SealedLog.VERDICTS.path(), ofVerdicts);
        if (upTo != null) {
            document.put(CHECKED, Map.of("seal", upTo.seal(), "ends", upTo.ends(), RESULTS, upTo.results()));
            document.put(SUM, sum(ofVotes, ofVerdicts, upTo));
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, Texts.JSON.writeValueAsString(document) + "\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(file, Texts.reason(e)), e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
