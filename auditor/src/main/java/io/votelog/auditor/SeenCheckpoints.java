package io.votelog.auditor;

import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What an earlier look at a sealed log saw, in a file: both checkpoints, as they were signed. */
final class SeenCheckpoints {
    private final Path file;
    private final Map<SealedLog, Checkpoint> seen = new LinkedHashMap<>();

    /**
     * @param file need not be there yet
     * @throws AuditException when it is there and cannot be read
     */
    SeenCheckpoints(Path file) {
        this.file = file;
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonNode document = Texts.JSON.readTree(GivenFile.text(file, GivenFile.SMALL));
            for (SealedLog tree : SealedLog.values()) {
                byte[] note = document.path(tree.path()).asString("").getBytes(StandardCharsets.UTF_8);
                seen.put(tree, Checkpoint.parse(SignedNote.parse(note).text()));
            }
        } catch (JacksonException | TlogException e) {
            throw new AuditException(
                    "%s is not what an earlier look kept: %s"
                            .formatted(file, e instanceof JacksonException ? "it is no JSON" : e.getMessage()),
                    e);
        }
    }

    /** Whether there was none. */
    boolean isEmpty() {
        return seen.isEmpty();
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

    /** Why a tree as it is shown now does not go on from what was seen; nothing when it does. */
    @Nullable
    String contradiction(SealedTreeView now) {
        Checkpoint before = seen.get(now.tree());
        Checkpoint shown = now.checkpoint();
        if (before == null) {
            return null;
        }
        if (!before.origin().equals(shown.origin())) {
            return "%s keeps what was seen of %s, and this is %s".formatted(file, before.origin(), shown.origin());
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

    /** Keeps what is seen now. */
    void keep(SignedNote votes, SignedNote verdicts) {
        Map<String, String> document = new LinkedHashMap<>();
        document.put(SealedLog.VOTES.path(), new String(votes.bytes(), StandardCharsets.UTF_8));
        document.put(SealedLog.VERDICTS.path(), new String(verdicts.bytes(), StandardCharsets.UTF_8));
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
