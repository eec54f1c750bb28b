// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.SealLines.Line;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.verify.SealedTrees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the topic of seals to the trees. The seals of the trees are the first ones of the topic, which may have gone on;
 * each signed checkpoint in it is of the tree as it was then; and where the log is in the bundle, the topic is the log's.
 */
final class SealsAgreement {
    private final UnpackedBundle bundle;
    private final SealedTrees trees;
    private final SealedLogKey key;
    private final List<String> differences = new ArrayList<>();
    private long checkpoints;

    SealsAgreement(UnpackedBundle bundle, SealedTrees trees, SealedLogKey key) {
        this.bundle = bundle;
        this.trees = trees;
        this.key = key;
    }

    /** @param log the log itself; null where it is not in the bundle */
    Finding run(@Nullable LogSource log) throws IOException {
        List<Seal> sealed = trees.seals();
        Iterator<Seal> seals = sealed.iterator();
        SealLines.ofFile(bundle.path(BundlePaths.SEALS), line -> {
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
            differences.add("offset %d of the topic does not say what seal %d of the trees says"
                    .formatted(line.offset(), seal.sequence()));
        }
    }

    private void checkpoint(Line line) {
        checkpoints++;
        SealedLog tree = Stream.of(SealedLog.values())
                .filter(one -> one.path().equals(line.tree()))
                .findFirst()
                .orElse(null);
        Optional<String> fault = tree == null
                ? Optional.of("it is of no tree")
                : trees.contradiction(
                        tree,
                        SignedNote.parse(Objects.requireNonNull(line.note()).getBytes(StandardCharsets.UTF_8)),
                        key);
        fault.ifPresent(
                why -> differences.add("the checkpoint at offset %d of the topic: %s".formatted(line.offset(), why)));
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
