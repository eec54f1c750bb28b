// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a log in a folder: {@value #MANIFEST} and a file for each partition of each topic.
 *
 * <p>A file holds records one behind the other, all numbers big-endian:
 *
 * <pre>
 *   offset        8 bytes
 *   timestamp     8 bytes, milliseconds since 1970: for votes the broker's append time
 *   key           length, 4 bytes; -1: there is none; then the bytes
 *   value         as the key
 *   header count  4 bytes; then for each header its name (length, 4 bytes, and UTF-8) and its value as the key
 * </pre>
 *
 * <p>The manifest is written last: a folder without one is a dump that was not finished.
 */
public final class Dump {
    public static final String MANIFEST = "manifest.json";

    /** What a manifest names as its format. */
    static final String FORMAT = "votelog-dump/1";

    /**
     * What is copied. In this order it is noted where each topic ends, before anything is copied: so what a seal names is in the
     * copy, each vote that the results count has its verdict there, and each verdict its vote. A topic that is not there is left
     * out, as seals are where nobody seals.
     */
    public static final List<Topic> TOPICS =
            List.of(Topics.SEALS, Topics.RESULTS, Topics.DECISIONS, Topics.DEAD_LETTERS, Topics.VOTES, Topics.BALLOTS);

    private Dump() {}

    /**
     * The manifest. Dumps of older versions have its format, its source and its files alone.
     *
     * @param counted how far those who count had come before anything else was noted, where that could be found out
     * @param merged how far those who add up partitions had come before any end was noted, where that could be found out
     * @param stamps {@code message.timestamp.type} of votes, where that could be found out
     * @param order the topics in the order in which it was noted where they end
     */
    @JsonPropertyOrder({"format", "source", "counted", "merged", "stamps", "order", "files"})
    public record Manifest(
            String format,
            String source,
            @Nullable CountedOffsets counted,
            @Nullable MergedOffsets merged,
            @Nullable String stamps,
            @Nullable List<String> order,
            List<File> files) {
        /** Whether what follows from votes was noted before votes. */
        boolean derivedTopicsFirst() {
            int votes = order == null ? -1 : order.indexOf(Topics.VOTES.name());
            return order != null
                    && Stream.of(Topics.RESULTS, Topics.DECISIONS, Topics.DEAD_LETTERS)
                            .map(topic -> order.indexOf(topic.name()))
                            .allMatch(at -> at >= 0 && at < votes);
        }
    }

    /**
     * One partition's copy.
     *
     * @param begin the first offset that was there
     * @param end the offset behind the last one
     * @param stampedTo the broker stamped every record below this offset, and not the one that stands there; dumps of older versions
     *     do not tell
     * @param bytes of the file; none is named in dumps of older versions
     * @param sha256 of the file, in hexadecimal digits
     */
    @JsonPropertyOrder({"topic", "partition", "begin", "end", "records", "stampedTo", "file", "bytes", "sha256"})
    public record File(
            String topic,
            int partition,
            long begin,
            long end,
            long records,
            @Nullable Long stampedTo,
            String file,
            @Nullable Long bytes,
            String sha256) {}

    static void write(Path folder, Manifest manifest) throws IOException {
        Path next = folder.resolve(MANIFEST + ".next");
        try (OutputStream out = PrivateFiles.newStream(next)) {
            out.write((Texts.JSON.writeValueAsString(manifest) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Files.move(next, folder.resolve(MANIFEST));
    }

    /** @throws AuditException when there is none that can be read */
    static Manifest read(Path folder) {
        Path file = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new AuditException(
                    "%s has no %s: it is no dump, or one that was not finished".formatted(folder, MANIFEST));
        }
        Manifest manifest = InputFile.json(file, InputFile.MANIFEST, Manifest.class, "manifest of a dump");
        if (!FORMAT.equals(manifest.format())) {
            throw new AuditException(
                    "%s is in the format %s; this program reads %s".formatted(file, manifest.format(), FORMAT));
        }
        String fault = fault(manifest.files());
        if (fault == null && manifest.counted() != null && !manifest.counted().isComplete()) {
            fault = "counted names no group, or no offsets";
        }
        if (fault == null && manifest.merged() != null && !manifest.merged().isComplete()) {
            fault = "merged names no group, or no offsets";
        }
        if (fault != null) {
            throw new AuditException("%s is no manifest of a dump: %s".formatted(file, fault));
        }
        return manifest;
    }

    /** What is wrong with the files that a manifest names, as somebody wrote it. */
    private static @Nullable String fault(@Nullable List<@Nullable File> files) {
        if (files == null) {
            return "it names no files";
        }
        Set<String> places = new HashSet<>();
        for (int at = 0; at < files.size(); at++) {
            File file = files.get(at);
            if (file == null
                    || Stream.of(file.topic(), file.file(), file.sha256()).anyMatch(Objects::isNull)) {
                return "files[%d] lacks its topic, its file or its sha256".formatted(at);
            }
            if (file.partition() < 0 || file.begin() < 0 || file.end() < file.begin()) {
                return "files[%d] is of partition %d, from offset %d to %d"
                        .formatted(at, file.partition(), file.begin(), file.end());
            }
            if (!places.add(file.topic() + "/" + file.partition())) {
                return "files[%d] is of %s partition %d, as another one is"
                        .formatted(at, file.topic(), file.partition());
            }
        }
        return null;
    }
}
