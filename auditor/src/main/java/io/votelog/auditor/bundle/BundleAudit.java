// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.promise.KeptPromise;
import io.votelog.auditor.promise.PromiseAudit;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.replay.Replay;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.tlog.tiles.FetchedTiles;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.tlog.tiles.TreeFiles;
import io.votelog.auditor.verify.SealedLogAudit;
import io.votelog.auditor.verify.SealedPromises;
import io.votelog.auditor.verify.SealedRecordsCheck;
import io.votelog.auditor.verify.SealedTrees;
import io.votelog.schemas.LogKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes every check of {@link Check} on a bundle, in their order, with one step of the report for each. */
final class BundleAudit {
    private final UnpackedBundle bundle;
    private final BundleManifest manifest;
    private final Given given;
    private final Progress progress;
    private final Report report;

    /** The step after which the others say nothing; null while there is none. */
    private @Nullable Check broken;

    /** The seals of the trees; null until these are found whole. */
    private @Nullable List<Seal> seals;

    /**
     * What the user has by another road than the bundle; null where it is not given.
     *
     * @param announcement as it was published before the vote
     * @param keys the log's public keys
     * @param logKey the sealed log's keys
     * @param policy the file that names the witnesses; whether it is one must have been looked at
     * @param oldest the greatest age of a cosignature that counts
     * @param promises the file with answers to votes; whether it can be read must have been looked at
     * @param sealedLog where the sealed log is published, for a bundle without its tiles
     * @param maxClockStep how far the times of a partition may run back
     * @param threads the most partitions that are read at a time
     * @param version the program that makes the checks, with its version
     */
    record Given(
            @Nullable Announcement announcement,
            @Nullable LogKeys keys,
            @Nullable SealedLogKey logKey,
            @Nullable Path policy,
            @Nullable Duration oldest,
            @Nullable Path promises,
            @Nullable String sealedLog,
            Duration maxClockStep,
            int threads,
            String version) {
        /** The sealed log's keys that are given or announced; null where none are. */
        @Nullable
        SealedLogKey sealedLogKey() {
            if (logKey != null || announcement == null) {
                return logKey;
            }
            return announcement.sealedLogKey().orElse(null);
        }
    }

    BundleAudit(UnpackedBundle bundle, Given given, Progress progress) {
        this.bundle = bundle;
        this.manifest = bundle.manifest();
        this.given = given;
        this.progress = progress;
        this.report = new Report(
                "Bundle " + bundle.name(),
                "what was published follows from what is in this bundle, and it is what you have",
                "what is in this bundle contradicts itself, or what you have");
    }

    /** A check that may find that something in the bundle is not what belongs there. */
    private interface Work {
        Finding find() throws IOException;
    }

    /**
     * Makes all checks.
     *
     * @throws AuditException when what the user gave, or this machine, does not allow it
     */
    Report run() throws IOException {
        step(Check.WHOLE, this::whole);
        if (report.exitCode() == Report.MISMATCH) {
            broken = Check.WHOLE;
        }
        step(Check.PROGRAMS, this::programs);
        HeldTo held = new HeldTo(bundle, given);
        step(Check.ANNOUNCEMENT, held::announcement);
        step(Check.KEYS, held::keys);
        step(Check.LOG_KEYS, held::logKeys);
        step(Check.DEFINITIONS, held::definitions);
        if (broken == null) {
            fetchTiles();
        }
        try (DumpSource log =
                broken == null && manifest.hasLog() ? new DumpSource(bundle.path(BundlePaths.LOG)) : null) {
            step(Check.SEALED, this::sealed);
            step(Check.COSIGNED, this::cosigned);
            step(Check.SEALS, () -> seals(log));
            step(Check.REPLAYED, () -> replayed(log));
            step(Check.RECORDS, () -> records(log));
            step(Check.RESULTS, () -> new ResultsAgreement(bundle).run(seals, log));
            step(Check.PROMISES, () -> promises(log));
        }
        return report;
    }

    /** Adds a check to the report. What cannot be read in a whole bundle was put into it so. */
    private void step(Check check, Work work) throws IOException {
        Finding finding;
        if (broken != null) {
            finding = Finding.skip("not looked at, since check %d failed".formatted(broken.ordinal() + 1));
        } else {
            try {
                finding = work.find();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } catch (AuditException | TlogException e) {
                finding = Finding.fail("it cannot be read: " + e.getMessage());
            }
        }
        new Finding(finding.outcome(), bundle.plain(finding.detail())).addTo(report, check);
    }

    private Finding whole() {
        long bytes =
                manifest.files().stream().mapToLong(BundleManifest.File::bytes).sum();
        return Finding.of(
                bundle.differences(),
                "%,d files with %,d bytes; %s"
                        .formatted(
                                manifest.files().size(),
                                bytes,
                                manifest.hasLog()
                                        ? "it holds the log, and is not for publication"
                                        : "a public bundle, without the log"));
    }

    private Finding programs() {
        boolean same = bundle.text(BundlePaths.RECOUNT).equals(Shipped.recount())
                && bundle.text(BundlePaths.CHECKS).equals(ChecksText.of(manifest));
        if (same) {
            return Finding.pass(given.version());
        }
        String advice = "%s or %s is another one than that of %s: run nothing of the bundle, and take it from a release"
                .formatted(BundlePaths.RECOUNT, BundlePaths.CHECKS, given.version());
        return manifest.made().equals(given.version())
                ? Finding.skip(advice + ". The bundle says that it was made by this very version")
                : Finding.notAsked(advice + ". The bundle says that it was made by " + manifest.made());
    }

    private Announcement announcement() {
        return Announcement.read(bundle.path(BundlePaths.ANNOUNCEMENT));
    }

    /** The keys that the log obeys: those that the user has, else those that the bundle names. */
    private LogKeys keys() {
        if (given.keys() != null) {
            return given.keys();
        }
        return given.announcement() == null
                ? announcement().keys()
                : given.announcement().keys();
    }

    private SealedLogKey logKey() {
        return Objects.requireNonNullElseGet(given.sealedLogKey(), bundle::logKey);
    }

    private boolean hasTiles() {
        return manifest.tiles() || given.sealedLog() != null;
    }

    /**
     * Fetches the files of the trees where they are published, up to the bundle's checkpoints.
     *
     * @throws AuditException when one is not there or cannot be read
     */
    private void fetchTiles() {
        String from = given.sealedLog();
        if (manifest.tiles() || from == null) {
            return;
        }
        for (SealedLog tree : SealedLog.values()) {
            TileSource source = SealedLogFiles.of(tree, from);
            try {
                new TreeFiles(source, bundle.checkpoint(tree).size()).each((path, bytes) -> {
                    Path to = bundle.path(BundlePaths.sealed(tree, path));
                    try {
                        Files.createDirectories(Objects.requireNonNull(to.getParent()));
                        Files.write(to, bytes.array());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (UnreadableException e) {
                throw e;
            } catch (TlogException e) {
                throw new AuditException("%s: %s".formatted(from, e.getMessage()), e);
            } finally {
                if (source instanceof FetchedTiles fetched) {
                    fetched.close();
                }
            }
        }
    }

    private Finding sealed() {
        if (!hasTiles()) {
            try (SealedTrees trees = new SealedTrees(bundle.sealed())) {
                return trees.fault(logKey())
                        .map(Finding::fail)
                        .orElseGet(() -> Finding.notAsked(
                                "both checkpoints are signed. Whether the trees lead to them is not looked at: the bundle has no tiles; --log %s takes them from where they are published"
                                        .formatted(Objects.requireNonNullElse(manifest.publishedAt(), "URL"))));
            }
        }
        Report ofTrees = sealedLogAudit().run(null, null);
        Finding finding = Finding.of(ofTrees, step -> true, sizes());
        if (finding.outcome() != Step.Outcome.FAIL) {
            try (SealedTrees trees = new SealedTrees(bundle.sealed())) {
                seals = trees.seals();
            }
        }
        return finding;
    }

    private SealedLogAudit sealedLogAudit() {
        return new SealedLogAudit(
                bundle.sealed(),
                logKey(),
                // Who cosigned is a check of its own.
                Optional.empty(),
                null,
                // The bundle is of one moment, which it does not name: what came just before it may be unsealed.
                new SealedRecordsCheck.Bounds(null, Instant.EPOCH),
                progress);
    }

    private String sizes() {
        return "%s; %,d leaves of votes, %,d of verdicts"
                .formatted(
                        bundle.checkpoint(SealedLog.VOTES).origin(),
                        bundle.checkpoint(SealedLog.VOTES).size(),
                        bundle.checkpoint(SealedLog.VERDICTS).size());
    }

    private Optional<CosignatureRequirement> requirement() {
        Path file = given.policy() != null ? given.policy() : bundle.path(BundlePaths.POLICY);
        if (given.policy() == null && !manifest.has(BundlePaths.POLICY)) {
            return Optional.empty();
        }
        try {
            Policy policy = Policy.parse(InputFile.bytes(file, Policy.LONGEST));
            return Optional.of(CosignatureRequirement.asOf(Clock.systemUTC().instant(), policy, given.oldest()));
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private Finding cosigned() {
        Optional<CosignatureRequirement> requirement = requirement();
        if (requirement.isEmpty()) {
            return Finding.notAsked("the bundle names no witnesses: --policy FILE does");
        }
        String whose = given.policy() == null
                ? "by the policy in the bundle, whose witnesses anybody may have made up: --policy FILE takes yours"
                : "by your policy";
        Report ofWitnesses = new Report("", "", "");
        for (SealedLog tree : SealedLog.values()) {
            requirement.get().reportTo(ofWitnesses, "the tree of " + tree.path(), bundle.note(tree));
        }
        return Finding.of(ofWitnesses, step -> true, whose);
    }

    private Finding seals(@Nullable DumpSource log) throws IOException {
        if (!hasTiles()) {
            return Finding.notAsked("it takes the tiles of the sealed log, which the bundle does not have");
        }
        if (seals == null) {
            return Finding.skip("not looked at, since check %d failed".formatted(Check.SEALED.ordinal() + 1));
        }
        try (SealedTrees trees = new SealedTrees(bundle.sealed())) {
            return new SealsAgreement(bundle, trees, logKey()).run(log);
        }
    }

    private Finding replayed(@Nullable DumpSource log) {
        if (log == null) {
            return Finding.notAsked("it takes the votes, and a public bundle has none");
        }
        Replay replay = new Replay(
                log,
                keys(),
                Set.of(),
                given.threads(),
                new Replay.Terms(CountedOffsets.GROUP, true, given.maxClockStep()),
                progress);
        Report ofLog = replay.holdTo(announcement()).run();
        return Finding.of(
                ofLog,
                step -> true,
                "all %d steps of replay --complete".formatted(ofLog.steps().size()));
    }

    private Finding records(@Nullable DumpSource log) {
        if (log == null) {
            return Finding.notAsked("it takes the votes, and a public bundle has none");
        }
        if (!hasTiles()) {
            return Finding.notAsked("it takes the tiles of the sealed log, which the bundle does not have");
        }
        if (seals == null) {
            return Finding.skip("not looked at, since check %d failed".formatted(Check.SEALED.ordinal() + 1));
        }
        Report ofSealed = sealedLogAudit().run(log, keys());
        long steps =
                ofSealed.steps().stream().filter(SealedLogAudit::isOfTheLog).count();
        return Finding.of(ofSealed, SealedLogAudit::isOfTheLog, "all %d steps of verify --dump".formatted(steps));
    }

    private Finding promises(@Nullable DumpSource log) {
        Path file = given.promises();
        if (file == null) {
            return Finding.notAsked("no promises are given: --promises FILE takes answers to votes");
        }
        Report ofPromises = new Report("", "", "");
        KeptPromise.Kept kept = KeptPromise.readAll(file, keys());
        if (log != null) {
            new PromiseAudit(log).run(ofPromises, kept);
        } else if (seals == null) {
            return Finding.skip("it takes the log or the tiles of the sealed log, and the bundle has neither");
        } else {
            try (SealedPromises sealed = new SealedPromises(bundle.sealed(), logKey())) {
                kept.promises().forEach(promise -> sealed.hold(ofPromises, promise.vote()));
            }
        }
        return Finding.of(
                ofPromises,
                step -> true,
                "%,d of them".formatted(kept.promises().size()));
    }
}
