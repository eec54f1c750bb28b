// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.SealLines.Line;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.verify.SealedTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the topic of seals to the trees. The seals of the trees are the first ones of the topic, which may have gone on;
 * each signed checkpoint in it is of the tree as it was then, and those that are shown are among them; and where the log is in the bundle, the topic is the log's.
 */
final class SealsAgreement {
    private final UnpackedBundle bundle;
    private final SealedTrees trees;
    private final SealedLogKey key;
    private final List<String> differences = new ArrayList<>();

    /** By number of the seal: how many leaves the trees have with its leaves. */
    private final List<Long> sizes = new ArrayList<>();

    /** The trees whose shown checkpoint is in the topic. */
    private final Set<SealedLog> shown = EnumSet.noneOf(SealedLog.class);

    private long checkpoints;
    private long lines;

    SealsAgreement(UnpackedBundle bundle, SealedTrees trees, SealedLogKey key) {
        this.bundle = bundle;
        this.trees = trees;
        this.key = key;
    }

    /** @param log the log itself; null where it is not in the bundle */
    Finding run(@Nullable LogSource log) throws IOException {
        List<Seal> sealed = trees.seals();
        Iterator<Seal> seals = sealed.iterator();
        long size = 0;
        for (Seal seal : sealed) {
            size += 1 + (seal instanceof Seal.OfLog ofLog ? ofLog.records() : 0);
            sizes.add(size);
        }
        SealLines.ofFile(bundle.path(BundlePaths.SEALS), line -> {
            lines++;
            if (line.event().equals(Line.CHECKPOINT_SIGNED)) {
                checkpoint(line);
            } else if (seals.hasNext()) {
                seal(line, seals.next());
            }
        });
        if (seals.hasNext()) {
            differences.add("seal %d is in the trees, and not in the topic"
                    .formatted(seals.next().sequence()));
        }
        for (SealedLog tree : SealedLog.values()) {
            if (!shown.contains(tree)) {
                differences.add("the checkpoint that is shown of %s is not in the topic".formatted(tree.path()));
            }
        }
        if (!Statements.text(sealed).equals(bundle.text(BundlePaths.STATEMENTS))) {
            differences.add("%s does not hold the results that are sealed".formatted(BundlePaths.STATEMENTS));
        }
        if (log != null) {
            compare(log);
        }
        return Finding.of(
                differences,
                "%s, %s".formatted(Texts.count(sealed.size(), "seal"), Texts.count(checkpoints, "signed checkpoint")));
    }

    private void seal(Line line, Seal seal) {
        boolean same = line.sequence() == seal.sequence();
        if (seal instanceof Seal.OfLog log) {
            same &= line.ends() != null
                    && line.ends().equals(Arrays.stream(log.ends()).boxed().toList());
        } else if (seal instanceof Seal.OfResult result) {
            same &= result.statement().equals(line.statement())
                    && result.ballotId().equals(line.ballotId())
                    && Objects.equals(line.revision(), result.revision());
        }
        if (!same) {
            differences.add("line %d of the topic does not say what seal %d of the trees says"
                    .formatted(lines, seal.sequence()));
        }
    }

    private void checkpoint(Line line) {
        checkpoints++;
        String fault = fault(line);
        if (fault != null) {
            differences.add("the checkpoint in line %d of the topic: %s".formatted(lines, fault));
        }
    }

    private @Nullable String fault(Line line) {
        SealedLog tree = Stream.of(SealedLog.values())
                .filter(one -> one.path().equals(line.tree()))
                .findFirst()
                .orElse(null);
        if (tree == null) {
            return "it is of no tree";
        }
        SignedNote note = SignedNote.parse(Objects.requireNonNull(line.note()).getBytes(StandardCharsets.UTF_8));
        if (note.text().equals(trees.note(tree).text())) {
            shown.add(tree);
        }
        long size = Checkpoint.parse(note.text()).size();
        boolean sealed = line.sequence() >= 0 && line.sequence() < sizes.size();
        if (!Objects.equals(line.size(), size) || sealed && sizes.get((int) line.sequence()) != size) {
            return "it is of %d leaves, and is said to be of %d, up to seal %d"
                    .formatted(size, line.size(), line.sequence());
        }
        return trees.contradiction(tree, note, key).orElse(null);
    }

    private void compare(LogSource log) throws IOException {
        Path file = bundle.path("seals-of-the-log");
        SealLines.write(log, file);
        long byteAt = Files.mismatch(file, bundle.path(BundlePaths.SEALS));
        if (byteAt >= 0) {
            differences.add("%s is not the log's topic of seals: they differ from byte %,d on"
                    .formatted(BundlePaths.SEALS, byteAt));
        }
    }
}
