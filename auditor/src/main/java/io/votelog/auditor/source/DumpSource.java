// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a log in a folder, see {@link Dump}. A file whose hash differs from the one in the manifest is damaged, and
 * reading it fails.
 */
public final class DumpSource implements LogSource {
    private final Path folder;
    private final Dump.Manifest manifest;

    /** @throws AuditException when the folder holds no finished dump */
    public DumpSource(Path folder) {
        this.folder = folder;
        this.manifest = Dump.read(folder);
    }

    /** The folder that holds the dump. */
    public Path folder() {
        return folder;
    }

    /** What the dump says of itself. */
    public Dump.Manifest manifest() {
        return manifest;
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public List<OffsetRange> ranges(String topic) {
        return manifest.files().stream()
                .filter(file -> file.topic().equals(topic))
                .sorted(Comparator.comparingInt(Dump.File::partition))
                .map(file -> new OffsetRange(topic, file.partition(), file.begin(), file.end()))
                .toList();
    }

    @Override
    public Optional<CountedOffsets> counted(String group) {
        return Optional.ofNullable(manifest.counted());
    }

    @Override
    public Optional<MergedOffsets> merged(String group) {
        return Optional.ofNullable(manifest.merged());
    }

    @Override
    public boolean derivedTopicsFirst() {
        return manifest.derivedTopicsFirst();
    }

    @Override
    public Optional<String> timestampType() {
        return Optional.ofNullable(manifest.stamps());
    }

    @Override
    public Records stored(OffsetRange range) {
        Dump.File file = file(range);
        Path path;
        try {
            path = folder.resolve(file.file()).normalize();
        } catch (InvalidPathException e) {
            throw new AuditException("%s names a file that cannot be: %s".formatted(Dump.MANIFEST, e.getReason()), e);
        }
        if (!path.startsWith(folder.normalize())) {
            throw new AuditException("%s names a file outside of its folder: %s".formatted(Dump.MANIFEST, file.file()));
        }
        try {
            InputStream in = InputFile.open(path);
            long bytes = Files.size(path);
            if (file.bytes() != null && file.bytes() != bytes) {
                in.close();
                throw new AuditException("%s is damaged: it has %,d bytes, and %s names %,d"
                        .formatted(path, bytes, Dump.MANIFEST, file.bytes()));
            }
            return new Copied(range, path, in, file);
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(path, Texts.reason(e)), e);
        }
    }

    private static final class Copied implements Records {
        private final OffsetRange range;
        private final Path path;
        private final Dump.File file;
        private final MessageDigest sha256 = Hashes.sha256();
        private final DumpInput in;
        private long records;
        private long nextOffset;
        private boolean over;

        Copied(OffsetRange range, Path path, InputStream in, Dump.File file) {
            this.range = range;
            this.path = path;
            this.file = file;
            this.in = new DumpInput(new DigestInputStream(in, sha256));
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> next() {
            if (over) {
                return null;
            }
            try {
                ConsumerRecord<byte[], byte[]> record = DumpSource.next(in, range, file.stampedTo());
                if (record == null) {
                    over = true;
                    checkWhole();
                } else {
                    checkPlace(record.offset());
                    records++;
                }
                return record;
            } catch (IOException e) {
                throw new AuditException(
                        "%s cannot be read behind its record %d: %s".formatted(path, records, reason(e)), e);
            }
        }

        private void checkPlace(long offset) {
            if (offset < Math.max(nextOffset, file.begin()) || offset >= file.end()) {
                throw new AuditException(
                        "%s is damaged: it holds offset %d behind %d records, and %s names offsets from %d to %d"
                                .formatted(path, offset, records, Dump.MANIFEST, file.begin(), file.end()));
            }
            nextOffset = offset + 1;
        }

        private void checkWhole() {
            String hash = HexFormat.of().formatHex(sha256.digest());
            if (!hash.equals(file.sha256())) {
                throw new AuditException("%s is damaged: its SHA-256 is %s, and %s names %s"
                        .formatted(path, hash, Dump.MANIFEST, file.sha256()));
            }
            if (records != file.records()) {
                throw new AuditException("%s is damaged: it holds %,d records, and %s names %,d"
                        .formatted(path, records, Dump.MANIFEST, file.records()));
            }
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw new AuditException("%s cannot be closed: %s".formatted(path, Texts.reason(e)), e);
            }
        }
    }

    private Dump.File file(OffsetRange range) {
        return manifest.files().stream()
                .filter(file -> file.topic().equals(range.topic()) && file.partition() == range.partition())
                .findFirst()
                .orElseThrow(() -> new AuditException("%s holds no %s".formatted(folder, range)));
    }

    private static String reason(IOException failure) {
        return failure instanceof EOFException ? "it ends in the middle of the next one" : Texts.reason(failure);
    }

    private static @Nullable ConsumerRecord<byte[], byte[]> next(
            DumpInput in, OffsetRange range, @Nullable Long stampedTo) throws IOException {
        if (in.isAtEnd()) {
            return null;
        }
        long offset = in.number8();
        long timestampMs = in.number8();
        byte @Nullable [] key = in.bytes();
        byte @Nullable [] value = in.bytes();
        Headers headers = new RecordHeaders();
        int headerCount = in.headerCount();
        for (int place = 0; place < headerCount; place++) {
            headers.add(in.name(place), in.bytes());
        }
        return new ConsumerRecord<>(
                range.topic(),
                range.partition(),
                offset,
                timestampMs,
                timestampType(offset, stampedTo),
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static TimestampType timestampType(long offset, @Nullable Long stampedTo) {
        if (stampedTo == null) {
            return TimestampType.NO_TIMESTAMP_TYPE;
        }
        return offset < stampedTo ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
    }

    @Override
    public void close() {
        // Nothing to close: each read has a file handle of its own.
    }
}
