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
 * <p>A file holds records one after the other, all numbers big-endian:
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
    /** The name of the file that says what the others hold and hashes them. */
    public static final String MANIFEST = "manifest.json";

    /** What a manifest names as its format. */
    static final String FORMAT = "votelog-dump/1";

    /**
     * The topics that are copied. The ends of all topics are noted in this order before anything is copied. So the copy
     * holds every record that a seal names, the verdict on each vote that the results count, and the vote of each
     * verdict. A topic that does not exist is left out, such as the topic of seals where nobody seals.
     */
    public static final List<Topic> TOPICS =
            List.of(Topics.SEALS, Topics.RESULTS, Topics.DECISIONS, Topics.DEAD_LETTERS, Topics.VOTES, Topics.BALLOTS);

    private Dump() {}

    /**
     * The manifest. In dumps of older versions it has format, source and files alone.
     *
     * @param counted how far the streams apps had counted before any end was noted; null where that is not known
     * @param merged how far tallies had been merged into results before any end was noted; null where that is not known
     * @param stamps {@code message.timestamp.type} of votes; null where that is not known
     * @param order the topics in the order in which their ends were noted
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
        /** Whether the ends of the topics that are derived from votes were noted before the end of votes. */
        boolean derivedTopicsFirst() {
            int votes = order == null ? -1 : order.indexOf(Topics.VOTES.name());
            return order != null
                    && Stream.of(Topics.RESULTS, Topics.DECISIONS, Topics.DEAD_LETTERS)
                            .map(topic -> order.indexOf(topic.name()))
                            .allMatch(at -> at >= 0 && at < votes);
        }
    }

    /**
     * The copy of one partition.
     *
     * @param begin the first offset
     * @param end the offset after the last one
     * @param stampedTo every record below this offset has the broker's timestamp, and the record at it has not; null in
     *     dumps of older versions
     * @param bytes of the file; null in dumps of older versions
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

    /**
     * @throws AuditException when the folder has no readable manifest
     */
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

    /** The first fault in a manifest's list of files, which anybody may have written; null when there is none. */
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
