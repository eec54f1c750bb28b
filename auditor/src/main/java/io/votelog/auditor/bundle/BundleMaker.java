// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.BundleManifest.Contents;
import io.votelog.auditor.export.Export;
import io.votelog.auditor.export.ExportManifest;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.replay.PublishedRecords;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.source.DumpWriter;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.UnreadableException;
import io.votelog.auditor.verify.SealedTrees;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a bundle. Large files are streamed into the archive. The same inputs give the same bytes: files stand in a
 * fixed order, and nothing of the machine or the moment goes into them.
 */
final class BundleMaker {
    private static final String WORK = ".work";
    private static final int MOST_HELD = 200_000;

    private final Request request;
    private final Progress progress;

    /**
     * What is asked for.
     *
     * @param out the archive; it must not exist
     * @param sealedLog the folder or the URL of the sealed log
     * @param logKey the sealed log's key
     * @param keys whose control records the log obeys
     * @param policy the file that names the witnesses; null where there are none
     * @param contents what of the log goes into the bundle
     * @param tiles whether all files of the sealed log go into the bundle
     * @param publishedAt where the sealed log is published; null where that is not said
     * @param group the consumer group that counts
     * @param threads the most partitions that are read at a time
     * @param made the program that makes the bundle, with its version
     */
    record Request(
            Path out,
            String sealedLog,
            SealedLogKey logKey,
            LogKeys keys,
            @Nullable Path policy,
            Contents contents,
            boolean tiles,
            @Nullable String publishedAt,
            String group,
            int threads,
            String made) {}

    BundleMaker(Request request, Progress progress) {
        this.request = request;
        this.progress = progress;
    }

    /**
     * Makes the bundle of a log.
     *
     * @return its manifest
     * @throws AuditException when the archive exists, the log has no final results, or the sealed log is not signed
     *     with the key or goes further than the log
     */
    BundleManifest make(LogSource source) throws IOException {
        Path workPath = request.out().resolveSibling(request.out().getFileName() + WORK);
        // The sealed log is looked at before the log: the log then has every record that is sealed.
        try (SealedTrees trees = new SealedTrees(request.sealedLog());
                ZipWriter zip = new ZipWriter(request.out(), request.contents() == Contents.LOG);
                WorkFolder work = WorkFolder.at(workPath)) {
            String fault = trees.fault(request.logKey()).orElse(null);
            if (fault != null) {
                throw new AuditException(
                        "%s is not the sealed log of --log-key: %s".formatted(request.sealedLog(), fault));
            }
            if (source instanceof DumpSource) {
                return make(source, trees, zip, work.path());
            }
            // Brokers' log may grow, so all parts of a bundle are made of one copy of it.
            Path dump = work.path().resolve("dump");
            new DumpWriter(source, request.group(), dump, progress).write();
            try (DumpSource copy = new DumpSource(dump)) {
                return make(copy, trees, zip, work.path());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (UnreadableException e) {
            throw e;
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(request.sealedLog(), e.getMessage()), e);
        }
    }

    private BundleManifest make(LogSource source, SealedTrees trees, ZipWriter zip, Path work) throws IOException {
        Map<String, BallotDefinition> definitions = definitions(source);
        Map<String, FinalResult> results = results(source, definitions);
        List<Seal> sealed = trees.seals();
        reaches(source, sealed);
        Announcement announcement = Announcement.of(source, request.keys(), Set.of(), true, request.logKey());
        put(zip, BundlePaths.ANNOUNCEMENT, Texts.JSON.writeValueAsString(announcement) + "\n");
        for (String id : results.keySet()) {
            put(
                    zip,
                    BundlePaths.definition(id),
                    Objects.requireNonNull(definitions.get(id)).json());
        }
        keys(zip);
        if (request.contents() == Contents.LOG) {
            dump(zip, (DumpSource) source);
        } else {
            export(zip, source, work.resolve("export"));
        }
        put(zip, BundlePaths.RECOUNT, Shipped.recount());
        for (FinalResult result : results.values()) {
            put(zip, BundlePaths.results(result.ballotId()), result.json());
            put(zip, BundlePaths.table(result.ballotId()), result.table());
        }
        put(zip, BundlePaths.STATEMENTS, Statements.text(sealed));
        sealed(zip, trees);
        Path seals = work.resolve("seals");
        SealLines.write(source, seals);
        zip.add(BundlePaths.SEALS, seals);
        return end(zip, results);
    }

    /** The first definition of each ballot that a key of the log signed. */
    private Map<String, BallotDefinition> definitions(LogSource source) {
        Map<String, BallotDefinition> definitions = new TreeMap<>();
        Announcement.read(source, claim -> {
            if (claim.signedBy(request.keys())) {
                try {
                    definitions.putIfAbsent(claim.ballotId(), claim.definition());
                } catch (MalformedEventException e) {
                    throw new AuditException(
                            "%s is published with no ballot: %s".formatted(claim.ballotId(), e.getMessage()), e);
                }
            }
        });
        return definitions;
    }

    private static Map<String, FinalResult> results(LogSource source, Map<String, BallotDefinition> definitions) {
        Map<String, FinalResult> finals = new TreeMap<>();
        for (BallotResults newest : PublishedRecords.newest(source).values()) {
            if (newest.getStatus() == BallotStatus.FINAL) {
                BallotDefinition definition = definitions.get(newest.getBallotId());
                if (definition == null) {
                    throw new AuditException(
                            "final results of %s are published, and no ballot of that id, signed by a key that was given"
                                    .formatted(newest.getBallotId()));
                }
                finals.put(newest.getBallotId(), FinalResult.of(newest, definition));
            }
        }
        if (finals.isEmpty()) {
            throw new AuditException(
                    "no ballot in %s has final results: a bundle is made when a vote is over".formatted(source.name()));
        }
        return finals;
    }

    /** Checks that the log has all that is sealed, and that its topic of seals is there. */
    private static void reaches(LogSource source, List<Seal> seals) {
        Map<Integer, Long> ends = new TreeMap<>();
        source.ranges(Topics.VOTES.name()).forEach(range -> ends.put(range.partition(), range.end()));
        for (Seal seal : seals) {
            if (seal instanceof Seal.OfLog sealed) {
                for (int partition = 0; partition < sealed.ends().length; partition++) {
                    long end = ends.getOrDefault(partition, 0L);
                    if (sealed.end(partition) > end) {
                        throw new AuditException(
                                "partition %d is sealed up to offset %d, and ends at %d in %s: make a dump that is newer than the sealed log; where the brokers end there too the log was cut short, and verify proves it"
                                        .formatted(partition, sealed.end(partition), end, source.name()));
                    }
                }
            }
        }
        if (source.ranges(Topics.SEALS.name()).stream().allMatch(range -> range.end() == range.begin())) {
            throw new AuditException(
                    "%s has nothing in %s, the topic that says what is sealed: a dump that is made now has it"
                            .formatted(source.name(), Topics.SEALS.name()));
        }
    }

    private void keys(ZipWriter zip) throws IOException {
        put(zip, BundlePaths.LOG_KEYS, String.join("\n", request.logKey().texts()) + "\n");
        if (request.policy() != null) {
            byte[] policy = InputFile.bytes(request.policy(), Policy.LONGEST);
            Policy.parse(policy);
            zip.add(BundlePaths.POLICY, ByteBuffer.wrap(policy));
        }
        put(zip, BundlePaths.PUBLIC_KEYS, String.join("\n", request.keys().texts()) + "\n");
    }

    private static void dump(ZipWriter zip, DumpSource dump) throws IOException {
        zip.add(BundlePaths.LOG + Dump.MANIFEST, dump.folder().resolve(Dump.MANIFEST));
        for (Dump.File file : dump.manifest().files()) {
            if (!file.file().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
                throw new AuditException("%s names a file '%s', as no dump does".formatted(dump.name(), file.file()));
            }
            Path path = dump.folder().resolve(file.file());
            ZipWriter.Entry entry = zip.add(BundlePaths.LOG + file.file(), path);
            if (!entry.sha256().equals(file.sha256())) {
                throw new AuditException("%s is damaged: its SHA-256 is %s, and %s names %s"
                        .formatted(path, entry.sha256(), Dump.MANIFEST, file.sha256()));
            }
        }
    }

    private void export(ZipWriter zip, LogSource source, Path folder) throws IOException {
        ExportManifest manifest = new Export(
                        source,
                        request.keys(),
                        new ExportManifest.Wanted(false, null, false, 1),
                        folder,
                        request.threads(),
                        MOST_HELD,
                        progress)
                .run();
        zip.add(BundlePaths.PUBLIC + ExportManifest.NAME, folder.resolve(ExportManifest.NAME));
        for (ExportManifest.File file : manifest.files()) {
            zip.add(BundlePaths.PUBLIC + file.file(), folder.resolve(file.file()));
        }
    }

    private void sealed(ZipWriter zip, SealedTrees trees) throws IOException {
        for (SealedLog tree : SealedLog.values()) {
            zip.add(
                    BundlePaths.checkpoint(tree),
                    ByteBuffer.wrap(trees.note(tree).bytes()));
            if (request.tiles()) {
                trees.files(tree, (path, bytes) -> {
                    try {
                        zip.add(BundlePaths.sealed(tree, path), bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    /** Adds what is about the files themselves, the manifest last. */
    private BundleManifest end(ZipWriter zip, Map<String, FinalResult> results) throws IOException {
        put(zip, BundlePaths.CHECKS, ChecksText.of(manifest(zip, results)));
        put(zip, BundlePaths.SUMS, manifest(zip, results).sums());
        BundleManifest manifest = manifest(zip, results);
        if (zip.entries().size() >= ZipListing.MOST) {
            throw new AuditException(
                    "the sealed log has so many files that no bundle takes them; --without-tiles leaves them where they are published");
        }
        put(zip, BundlePaths.MANIFEST, Texts.JSON.writeValueAsString(manifest) + "\n");
        zip.finish();
        return manifest;
    }

    private BundleManifest manifest(ZipWriter zip, Map<String, FinalResult> results) {
        return new BundleManifest(
                BundleManifest.FORMAT,
                request.made(),
                request.contents(),
                request.tiles(),
                request.publishedAt(),
                results.values().stream()
                        .map(each -> new BundleManifest.Ballot(each.ballotId(), each.digest(), each.revision()))
                        .toList(),
                zip.entries().stream()
                        .map(entry -> new BundleManifest.File(entry.name(), entry.bytes(), entry.sha256()))
                        .toList());
    }

    private static void put(ZipWriter zip, String path, String text) throws IOException {
        zip.add(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
