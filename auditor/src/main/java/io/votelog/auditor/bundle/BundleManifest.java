// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of a bundle, {@value BundlePaths#MANIFEST}.
 *
 * @param format {@value #FORMAT}
 * @param made the program that made the bundle, with its version
 * @param contents whether the log itself is in it, or what may be published
 * @param tiles whether all files of the sealed log are in it, or its checkpoints alone
 * @param publishedAt the URL at which the sealed log is published; null where none was named
 * @param ballots the ballots with final results, sorted by id
 * @param files every file but the manifest, in the order in which they stand in the archive
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"format", "made", "contents", "tiles", "publishedAt", "ballots", "files"})
record BundleManifest(
        String format,
        String made,
        Contents contents,
        boolean tiles,
        @Nullable String publishedAt,
        List<Ballot> ballots,
        List<File> files) {
    static final String FORMAT = "votelog-bundle/1";

    /** 400,000 files with their hashes. */
    static final int LONGEST = 128 << 20;

    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{1,62}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern LINE = Pattern.compile("[ -~]{1,200}");

    /** What a bundle holds of the log. */
    enum Contents {
        /** A dump, with pseudonyms and choices. */
        @JsonProperty("log")
        LOG,
        /** What the command export gives to everybody. */
        @JsonProperty("public")
        PUBLIC
    }

    /**
     * A ballot whose results are final.
     *
     * @param digest SHA-256 of its definition, in hexadecimal digits
     * @param revision of its results
     */
    @JsonPropertyOrder({"ballotId", "digest", "revision"})
    record Ballot(String ballotId, String digest, long revision) {}

    /**
     * A file.
     *
     * @param path below the bundle
     * @param bytes its length
     * @param sha256 of its bytes, in hexadecimal digits
     */
    @JsonPropertyOrder({"path", "bytes", "sha256"})
    record File(String path, long bytes, String sha256) {}

    /**
     * Reads a manifest that anybody may have written.
     *
     * @throws AuditException when it is none
     */
    static BundleManifest read(Path file) {
        BundleManifest manifest = InputFile.strictJson(file, LONGEST, BundleManifest.class, "manifest of a bundle");
        String fault = FORMAT.equals(manifest.format())
                ? manifest.fault()
                : "it is in the format %s; this program reads %s".formatted(manifest.format(), FORMAT);
        if (fault != null) {
            throw new AuditException("%s is no manifest of a bundle: %s".formatted(file, fault));
        }
        return manifest;
    }

    private @Nullable String fault() {
        if (made == null || !LINE.matcher(made).matches()) {
            return "made names no program";
        }
        if (publishedAt != null && !LINE.matcher(publishedAt).matches()) {
            return "publishedAt is no address";
        }
        if (contents == null || ballots == null || ballots.isEmpty() || files == null) {
            return "contents, ballots or files are missing";
        }
        Set<String> ids = new HashSet<>();
        for (Ballot ballot : ballots) {
            if (ballot == null
                    || ballot.ballotId() == null
                    || !ID.matcher(ballot.ballotId()).matches()
                    || ballot.digest() == null
                    || !HASH.matcher(ballot.digest()).matches()
                    || !ids.add(ballot.ballotId())) {
                return "ballots[%d] has no id or digest, or is there twice".formatted(ids.size());
            }
        }
        Set<String> paths = new HashSet<>();
        for (File one : files) {
            if (one == null
                    || one.path() == null
                    || one.sha256() == null
                    || !HASH.matcher(one.sha256()).matches()
                    || !paths.add(one.path())) {
                return "files[%d] has no path or hash, or is there twice".formatted(paths.size());
            }
        }
        return null;
    }

    /** Whether the log itself is in the bundle. */
    boolean hasLog() {
        return contents == Contents.LOG;
    }

    /** The paths of all files but the manifest. */
    Set<String> paths() {
        return files.stream().map(File::path).collect(Collectors.toSet());
    }

    /** Whether the bundle has this file. */
    boolean has(String path) {
        return files.stream().anyMatch(one -> one.path().equals(path));
    }

    /** The text of the file for sha256sum: every file but itself and the manifest. */
    String sums() {
        return files.stream()
                .filter(one -> !one.path().equals(BundlePaths.SUMS))
                .map(one -> "%s  %s\n".formatted(one.sha256(), one.path()))
                .collect(Collectors.joining());
    }
}
