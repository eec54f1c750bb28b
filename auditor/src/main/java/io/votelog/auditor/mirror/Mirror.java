// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.mirror;

import io.votelog.auditor.files.KeptFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.verify.Contradiction;
import io.votelog.auditor.verify.SealedTreeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of a sealed log in a folder. It goes forward only, to checkpoints that the log signed, that continue the
 * ones that it has, and whose every new tile and entry it has verified. Used by one thread.
 */
public final class Mirror {
    private static final String EVIDENCE = ".evidence";

    private final String log;
    private final SealedLogKey key;
    private final Path folder;
    private final @Nullable Policy policy;
    private final @Nullable Duration oldestCosignature;
    private final Progress progress;
    private final KeptSignatures signatures;
    private final Map<SealedLog, TileSource> sources;
    private final MirroredTree votes;
    private final MirroredTree verdicts;

    /**
     * What a round came to.
     *
     * @param exitCode of a program that ends after this round: 0 the copy is what is shown, 1 the log contradicts the copy, 2 the
     *     log could not be read, 3 what is shown was not copied, for another reason
     * @param why the copy did not come as far as what is shown; empty where it did
     * @param changed whether the copy shows another checkpoint than before, or more cosignatures
     */
    public record Round(int exitCode, List<String> why, boolean changed) {
        /** The round, with a list of its own. */
        public Round {
            why = List.copyOf(why);
        }
    }

    /**
     * Opens the copy, or begins one.
     *
     * @param log the folder or the URL of the sealed log, or of another mirror of it
     * @param folder of the copy
     * @param policy the witnesses that must have cosigned what is copied; null where none must
     * @param oldestCosignature the greatest age of a cosignature that counts; null for any age
     * @throws AuditException when the folder holds something else
     */
    public Mirror(
            String log,
            SealedLogKey key,
            Path folder,
            @Nullable Policy policy,
            @Nullable Duration oldestCosignature,
            Progress progress) {
        this(log, sources(log), key, folder, policy, oldestCosignature, progress);
    }

    /** @param sources where the files of each tree are read from, in place of {@code log} */
    Mirror(
            String log,
            Map<SealedLog, TileSource> sources,
            SealedLogKey key,
            Path folder,
            @Nullable Policy policy,
            @Nullable Duration oldestCosignature,
            Progress progress) {
        this.log = log;
        this.sources = sources;
        this.key = key;
        this.folder = folder;
        this.policy = policy;
        this.oldestCosignature = oldestCosignature;
        this.progress = progress;
        signatures = new KeptSignatures(policy);
        votes = new MirroredTree(SealedLog.VOTES, folder, key);
        verdicts = new MirroredTree(SealedLog.VERDICTS, folder, key);
    }

    private static Map<SealedLog, TileSource> sources(String log) {
        Map<SealedLog, TileSource> sources = new EnumMap<>(SealedLog.class);
        for (SealedLog tree : SealedLog.values()) {
            sources.put(tree, SealedLogFiles.uncached(tree, log));
        }
        return sources;
    }

    /** The checkpoint that the copy of a tree shows; null where there is none yet. */
    public @Nullable SignedNote kept(SealedLog tree) {
        return (tree == SealedLog.VOTES ? votes : verdicts).kept();
    }

    /**
     * Copies what is new.
     *
     * @param now the time by this machine's clock
     * @throws AuditException when the copy is damaged, or cannot be written
     */
    public Round round(Instant now) {
        Attempt attempt = new Attempt(now);
        // Verdicts first: the trees may grow in between, and the tree of votes must not be the shorter one.
        try (SealedTreeView ofVerdicts = attempt.open(SealedLog.VERDICTS);
                SealedTreeView ofVotes = attempt.open(SealedLog.VOTES)) {
            boolean copied = attempt.copy(votes, ofVotes);
            long ofVotesThen = copied && ofVotes != null ? ofVotes.checkpoint().size() : votes.size();
            boolean both = !attempt.isAhead(ofVerdicts, ofVotesThen) && attempt.copy(verdicts, ofVerdicts);
            // Votes are shown first, so that nobody finds verdicts on votes that are not shown.
            if (copied) {
                attempt.show(votes, ofVotes);
            }
            if (both) {
                attempt.show(verdicts, ofVerdicts);
            }
        }
        return attempt.round();
    }

    /** One round, and what it came to so far. */
    private final class Attempt {
        private final Instant now;
        private final List<String> why = new ArrayList<>();
        private int exitCode = Report.PASSED;
        private boolean changed;

        Attempt(Instant now) {
            this.now = now;
        }

        Round round() {
            return new Round(exitCode, why, changed);
        }

        /** Notes why something was not copied; a proof comes before trouble in reading, and that before the rest. */
        void not(int code, String reason) {
            why.add(reason);
            List<Integer> order = List.of(Report.MISMATCH, Report.NOT_RUN, Report.INCOMPLETE, Report.PASSED);
            exitCode = order.indexOf(code) < order.indexOf(exitCode) ? code : exitCode;
        }

        /** A tree as it is shown, if the log signed it and the policy's witnesses cosigned it. */
        @Nullable
        SealedTreeView open(SealedLog tree) {
            TileSource source = SealedLogFiles.cached(Objects.requireNonNull(sources.get(tree)));
            try {
                SealedTreeView view = SealedTreeView.openIfShown(tree, log, source);
                String wrong = view == null ? null : wrong(view);
                if (view == null) {
                    not(Report.NOT_RUN, "%s shows no checkpoint of its tree of %s".formatted(log, tree.path()));
                } else if (wrong == null) {
                    return view;
                } else {
                    not(Report.INCOMPLETE, "the tree of %s is not copied: %s".formatted(tree.path(), wrong));
                }
            } catch (UnreadableException e) {
                not(Report.NOT_RUN, String.valueOf(e.getMessage()));
            } catch (AuditException e) {
                not(Report.INCOMPLETE, String.valueOf(e.getMessage()));
            }
            SealedLogFiles.close(source);
            return null;
        }

        private @Nullable String wrong(SealedTreeView view) {
            String wrong = view.fault(key);
            if (wrong != null || policy == null) {
                return wrong;
            }
            Policy.Times times =
                    CosignatureRequirement.asOf(now, policy, oldestCosignature).times();
            String missing = policy.missing(view.note(), times);
            return missing.isEmpty() ? null : missing;
        }

        /** Whether a tree of verdicts has more leaves than the copy of the tree of votes. */
        boolean isAhead(@Nullable SealedTreeView ofVerdicts, long leavesOfVotes) {
            if (ofVerdicts == null || ofVerdicts.checkpoint().size() <= leavesOfVotes) {
                return false;
            }
            not(
                    Report.INCOMPLETE,
                    "the tree of verdicts is shown with %,d leaves, and the copy of the tree of votes has %,d"
                            .formatted(ofVerdicts.checkpoint().size(), leavesOfVotes));
            return true;
        }

        /** Copies the leaves of a tree, and returns whether its checkpoint may be shown. */
        boolean copy(MirroredTree mine, @Nullable SealedTreeView shown) {
            if (shown == null) {
                return false;
            }
            String tree = mine.tree().path();
            try {
                Contradiction contradiction = mine.contradiction(shown);
                if (contradiction != null) {
                    not(
                            Report.MISMATCH,
                            "the tree of %s contradicts the copy, which is left as it is: %s. Evidence: %s"
                                    .formatted(tree, contradiction.how(), keep(tree, contradiction)));
                    return false;
                }
                if (shown.checkpoint().size() < mine.size()) {
                    not(
                            Report.INCOMPLETE,
                            "the tree of %s is shown with %,d leaves, and the copy has %,d: an older tree is shown"
                                    .formatted(tree, shown.checkpoint().size(), mine.size()));
                    return false;
                }
                mine.copy(shown, progress);
                return true;
            } catch (UnreadableException e) {
                not(Report.NOT_RUN, String.valueOf(e.getMessage()));
            } catch (TlogException e) {
                not(Report.INCOMPLETE, "the tree of %s is not copied: %s".formatted(tree, e.getMessage()));
            }
            return false;
        }

        void show(MirroredTree mine, @Nullable SealedTreeView shown) {
            if (shown != null) {
                changed |= mine.show(signatures.of(shown.note(), mine.kept()));
            }
        }

        /** The first contradiction of a tree is kept; one proof is enough. */
        private Path keep(String tree, Contradiction contradiction) {
            Path kept = folder.resolve(EVIDENCE).resolve(tree);
            if (!Files.isDirectory(kept)) {
                try {
                    Files.createDirectories(kept);
                } catch (IOException e) {
                    throw new AuditException(
                            "%s, which is for evidence, cannot be made: %s".formatted(kept, Texts.reason(e)), e);
                }
                contradiction.evidence().forEach((name, bytes) -> KeptFile.replace(kept.resolve(name), bytes));
            }
            return kept;
        }
    }
}
