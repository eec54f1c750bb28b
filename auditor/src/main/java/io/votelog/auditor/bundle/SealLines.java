// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.BallotSealed;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.LogSealed;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * The topic of seals as JSON lines, in its order, without times and offsets, so that it can be read without Avro and published
 * with the sealed log.
 */
final class SealLines {
    private static final ObjectReader READER = Texts.JSON_LINE
            .readerFor(Line.class)
            .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A note, a statement of a ballot with many options, or the ends of many partitions. */
    private static final int LONGEST = 4 << 20;

    private SealLines() {}

    /**
     * A line.
     *
     * @param event the kind of event; the members that it does not have are null
     * @param sequence of the seal; of a checkpoint, of the newest seal whose leaves the tree holds
     * @param ends by partition of votes: the offset behind the last record that is sealed
     * @param statement what is sealed of final results
     * @param tree of the checkpoint: votes or verdicts
     * @param size the tree's number of leaves
     * @param note the signed checkpoint
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"event", "sequence", "ends", "ballotId", "revision", "statement", "tree", "size", "note"})
    record Line(
            String event,
            long sequence,
            @Nullable List<Long> ends,
            @Nullable String ballotId,
            @Nullable Long revision,
            @Nullable String statement,
            @Nullable String tree,
            @Nullable Long size,
            @Nullable String note) {
        static final String LOG_SEALED = "LogSealed";
        static final String BALLOT_SEALED = "BallotSealed";
        static final String CHECKPOINT_SIGNED = "CheckpointSigned";

        private static Line of(long offset, SpecificRecord event) {
            if (event instanceof LogSealed sealed) {
                return new Line(
                        LOG_SEALED,
                        sealed.getSequence(),
                        List.copyOf(sealed.getEnds()),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
            }
            if (event instanceof BallotSealed sealed) {
                return new Line(
                        BALLOT_SEALED,
                        sealed.getSequence(),
                        null,
                        sealed.getBallotId(),
                        sealed.getRevision(),
                        sealed.getStatement(),
                        null,
                        null,
                        null);
            }
            if (event instanceof CheckpointSigned signed) {
                return new Line(
                        CHECKPOINT_SIGNED,
                        signed.getSequence(),
                        null,
                        null,
                        null,
                        null,
                        signed.getTree().name().toLowerCase(Locale.ROOT),
                        signed.getSize(),
                        signed.getNote());
            }
            throw new AuditException("%s, offset %d, holds a %s, which no sealer writes"
                    .formatted(Topics.SEALS.name(), offset, event.getSchema().getName()));
        }

        /** Whether it has what an event of its kind has. */
        private boolean isWhole() {
            if (event == null) {
                return false;
            }
            return switch (event) {
                case LOG_SEALED -> ends != null && !ends.contains(null);
                case BALLOT_SEALED -> ballotId != null && revision != null && statement != null;
                case CHECKPOINT_SIGNED -> tree != null && size != null && note != null;
                default -> false;
            };
        }

        /** The line as text, without its end. */
        String json() {
            return Texts.JSON_LINE.writeValueAsString(this);
        }
    }

    /**
     * Passes the topic of a log, line by line, to a consumer.
     *
     * @throws AuditException when the topic cannot be read, or holds what no sealer writes
     */
    static void ofLog(LogSource source, Consumer<Line> lines) {
        for (OffsetRange range : source.ranges(Topics.SEALS.name())) {
            source.read(range, record -> {
                try {
                    lines.accept(Line.of(
                            record.offset(), Events.decode(record.value()).event()));
                } catch (MalformedEventException e) {
                    throw new AuditException(
                            "%s, offset %d, holds no event: %s"
                                    .formatted(range.topic(), record.offset(), e.getMessage()),
                            e);
                }
            });
        }
    }

    /**
     * Writes the topic of a log to a file.
     *
     * @throws AuditException as {@link #ofLog}
     */
    static void write(LogSource source, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            ofLog(source, line -> {
                try {
                    out.write(line.json());
                    out.write('\n');
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /**
     * Passes the lines of a file to a consumer.
     *
     * @throws AuditException when a line is none
     */
    static void ofFile(Path file, Consumer<Line> lines) {
        long number = 0;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String text = line(in); text != null; text = line(in)) {
                number++;
                lines.accept(parsed(text, number));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new AuditException("line %d of %s cannot be read".formatted(number + 1, BundlePaths.SEALS), e);
        }
    }

    private static Line parsed(String text, long number) {
        try {
            Line line = READER.readValue(text);
            if (line != null && line.isWhole()) {
                return line;
            }
        } catch (JacksonException e) {
            throw new AuditException("line %d of %s is no event of the topic".formatted(number, BundlePaths.SEALS), e);
        }
        throw new AuditException("line %d of %s is no event of the topic".formatted(number, BundlePaths.SEALS));
    }

    /** The next line, of which no more is read than a line may have; null behind the last. */
    private static @Nullable String line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString();
            }
            if (line.length() == LONGEST) {
                throw new IOException("too long");
            }
            line.append((char) next);
        }
        if (!line.isEmpty()) {
            throw new IOException("it has no end");
        }
        return null;
    }
}
