// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.export.ExportManifest;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.source.Dump;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TreeFiles;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that a bundle has by what it says of itself: its manifest, the manifest of its dump or export, and the sizes
 * in its checkpoints. Who takes a file out, or adds one, and corrects the manifest, has left it wrong here.
 */
final class ExpectedFiles {
    private final UnpackedBundle bundle;
    private final BundleManifest manifest;
    private final Map<String, String> hashes = new HashMap<>();
    private final Set<String> expected = new LinkedHashSet<>();
    private final List<String> differences = new ArrayList<>();

    ExpectedFiles(UnpackedBundle bundle) {
        this.bundle = bundle;
        this.manifest = bundle.manifest();
        manifest.files().forEach(file -> hashes.put(file.path(), file.sha256()));
    }

    /** The differences, the first one first. */
    List<String> differences() {
        expected.addAll(List.of(
                BundlePaths.ANNOUNCEMENT,
                BundlePaths.PUBLIC_KEYS,
                BundlePaths.LOG_KEYS,
                BundlePaths.RECOUNT,
                BundlePaths.STATEMENTS,
                BundlePaths.SEALS,
                BundlePaths.CHECKS,
                BundlePaths.SUMS));
        for (BundleManifest.Ballot ballot : manifest.ballots()) {
            expected.add(BundlePaths.definition(ballot.ballotId()));
            expected.add(BundlePaths.results(ballot.ballotId()));
            expected.add(BundlePaths.table(ballot.ballotId()));
        }
        try {
            for (SealedLog tree : SealedLog.values()) {
                tree(tree);
            }
            if (manifest.hasLog()) {
                dump();
            } else {
                export();
            }
        } catch (AuditException | TlogException e) {
            differences.add(bundle.plain(String.valueOf(e.getMessage())));
            return differences;
        }
        expected.stream()
                .filter(path -> !hashes.containsKey(path))
                .forEach(path -> differences.add("%s is missing, which this bundle must have".formatted(path)));
        hashes.keySet().stream()
                .filter(path -> !expected.contains(path) && !path.equals(BundlePaths.POLICY))
                .sorted()
                .forEach(path -> differences.add("%s is in it, and belongs to no such bundle".formatted(path)));
        if (Files.exists(bundle.path(BundlePaths.SUMS)) && !sums().equals(manifest.sums())) {
            differences.add("%s does not say what %s says".formatted(BundlePaths.SUMS, BundlePaths.MANIFEST));
        }
        return differences;
    }

    private String sums() {
        return InputFile.text(bundle.path(BundlePaths.SUMS), BundleManifest.LONGEST);
    }

    private void tree(SealedLog tree) {
        expected.add(BundlePaths.checkpoint(tree));
        long size = bundle.checkpoint(tree).size();
        if (!manifest.tiles()) {
            return;
        }
        // The size is whatever somebody wrote, and its files are listed only where a bundle can have so many.
        if (TreeFiles.count(size) > ZipListing.MOST) {
            throw new AuditException("%s is of %,d leaves, more than a bundle has room for"
                    .formatted(BundlePaths.checkpoint(tree), size));
        }
        TreeFiles.paths(size).forEach(path -> expected.add(BundlePaths.sealed(tree, path)));
    }

    private void dump() {
        expected.add(BundlePaths.LOG + Dump.MANIFEST);
        try (DumpSource dump = new DumpSource(bundle.path(BundlePaths.LOG))) {
            for (Dump.File file : dump.manifest().files()) {
                same(BundlePaths.LOG, Dump.MANIFEST, file.file(), file.sha256());
            }
        }
    }

    private void export() {
        expected.add(BundlePaths.PUBLIC + ExportManifest.NAME);
        for (ExportManifest.File file : PublicTallies.manifest(bundle).files()) {
            same(BundlePaths.PUBLIC, ExportManifest.NAME, file.file(), file.sha256());
        }
    }

    /** A file that the manifest of its folder names too. */
    private void same(String folder, String manifestName, String file, String sha256) {
        expected.add(folder + file);
        String here = hashes.get(folder + file);
        if (here != null && !here.equals(sha256)) {
            differences.add("%s%s has the SHA-256 %s, and %s%s names %s"
                    .formatted(folder, file, here, folder, manifestName, sha256));
        }
    }
}
