// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Copies a log into a folder, see {@link Dump}. */
public final class DumpWriter {
    private static final int BUFFER = 1 << 20;
    private static final int NONE = -1;

    /**
     * Results follow what is counted within about a second. When no result has come for this long, all of them are
     * there.
     */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private static final Duration RESULTS_DELAY = Duration.ofSeconds(5);

    private final LogSource source;
    private final String group;
    private final Path folder;
    private final Progress progress;

    /**
     * @param group the consumer group that counts
     * @param folder created if it does not exist, and readable by its owner alone; it must be empty
     */
    public DumpWriter(LogSource source, String group, Path folder, Progress progress) {
        this.source = source;
        this.group = group;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Copies the log up to its present ends.
     *
     * @throws AuditException when the folder is not empty, or the log cannot be read
     */
    public Dump.Manifest write() throws IOException {
        if (Files.exists(folder)) {
            try (var there = Files.list(folder)) {
                if (there.findAny().isPresent()) {
                    throw new AuditException("%s is not empty: a dump goes into a folder of its own".formatted(folder));
                }
            }
        }
        PrivateFiles.folder(folder);
        Optional<CountedOffsets> counted = source.counted(group);
        Optional<MergedOffsets> merged = source.merged(group);
        if (source.grows()) {
            awaitResults();
        }
        List<OffsetRange> noted = new ArrayList<>();
        for (Topic topic : Dump.TOPICS) {
            noted.addAll(source.ranges(topic.name()));
        }
        List<Dump.File> files = new ArrayList<>();
        for (OffsetRange range : noted) {
            files.add(copy(range));
        }
        Dump.Manifest manifest = new Dump.Manifest(
                Dump.FORMAT,
                source.name(),
                counted.orElse(null),
                merged.orElse(null),
                source.timestampType().orElse(null),
                source.derivedTopicsFirst()
                        ? Dump.TOPICS.stream().map(Topic::name).toList()
                        : null,
                files);
        Dump.write(folder, manifest);
        return manifest;
    }

    /** Waits until the results hold what had been counted and merged when the copy began. */
    private void awaitResults() {
        long endNs = System.nanoTime() + RESULTS_DELAY.toNanos();
        List<OffsetRange> before;
        List<OffsetRange> now = source.ranges(Topics.RESULTS.name());
        do {
            before = now;
            Pause.of(QUIET);
            now = source.ranges(Topics.RESULTS.name());
        } while (!now.equals(before) && System.nanoTime() < endNs);
    }

    private Dump.File copy(OffsetRange range) throws IOException {
        progress.begin("copying " + range, range.end() - range.begin());
        String name = "%s-%d.records".formatted(range.topic(), range.partition());
        MessageDigest sha256 = Hashes.sha256();
        long[] records = new long[1];
        long[] stampedTo = {range.end()};
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(
                new DigestOutputStream(PrivateFiles.newStream(folder.resolve(name)), sha256), BUFFER))) {
            source.readStored(range, record -> {
                put(out, record);
                records[0]++;
                if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
                    stampedTo[0] = Math.min(stampedTo[0], record.offset());
                }
                progress.at(record.offset() + 1 - range.begin());
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        progress.end();
        return new Dump.File(
                range.topic(),
                range.partition(),
                range.begin(),
                range.end(),
                records[0],
                stampedTo[0],
                name,
                Files.size(folder.resolve(name)),
                HexFormat.of().formatHex(sha256.digest()));
    }

    private static void put(DataOutputStream out, ConsumerRecord<byte[], byte[]> record) {
        try {
            out.writeLong(record.offset());
            out.writeLong(record.timestamp());
            put(out, record.key());
            put(out, record.value());
            Header[] headers = record.headers().toArray();
            out.writeInt(headers.length);
            for (Header header : headers) {
                put(out, header.key().getBytes(StandardCharsets.UTF_8));
                put(out, header.value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(NONE);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }
}
