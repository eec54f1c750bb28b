// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotSealed;
import io.votelog.events.CheckpointSigned;
import io.votelog.events.GatewayKeyNamed;
import io.votelog.events.LogSealed;
import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.VoteAnnulled;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/**
 * Events to bytes and back, in Avro's single-object encoding: the two bytes C3 01, the CRC-64-AVRO fingerprint of the
 * writer's schema in little-endian order, then the binary body (Avro 1.12 specification, "Single-object encoding"). Any
 * committed version of a schema can be read. A text of more than 2^20 bytes or a list of more than 2^16 items is no event. Safe for
 * use by many threads.
 */
public final class Events {
    private static final int HEADER_LENGTH = 10;

    static {
        // Avro makes objects of trusted classes alone: of what it trusts anyway and of the events.
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), type -> type.getPackageName()
                        .equals(VoteCast.class.getPackageName())));
    }

    private static final List<Schema> CURRENT = List.of(
            VoteCast.getClassSchema(),
            BallotPublished.getClassSchema(),
            BallotReady.getClassSchema(),
            BallotClosed.getClassSchema(),
            BallotEnded.getClassSchema(),
            GatewayKeyNamed.getClassSchema(),
            VoteAnnulled.getClassSchema(),
            VoteDecided.getClassSchema(),
            PartitionTally.getClassSchema(),
            PartitionTurnout.getClassSchema(),
            BallotResults.getClassSchema(),
            LogSealed.getClassSchema(),
            BallotSealed.getClassSchema(),
            CheckpointSigned.getClassSchema());

    private static final Map<String, Writer> WRITERS =
            CURRENT.stream().collect(Collectors.toUnmodifiableMap(Schema::getFullName, Writer::of));

    private static final Map<Long, Contract> CONTRACTS = contracts();

    /** The fingerprint of the {@code VoteCast} schema that this build writes. */
    public static final long VOTE_CAST_FINGERPRINT =
            SchemaNormalization.parsingFingerprint64(VoteCast.getClassSchema());

    private Events() {}

    /** An event and the schema that it was written with. */
    public record Decoded(SpecificRecord event, long fingerprint) {}

    /** The event's single-object encoding, written with this build's schema. */
    public static byte[] encode(SpecificRecord event) {
        Writer writer = WRITERS.get(event.getSchema().getFullName());
        if (writer == null) {
            throw new IllegalArgumentException(event.getSchema().getFullName() + " is no event of Votelog");
        }
        return writer.write(event);
    }

    /**
     * The event in these bytes, all of them.
     *
     * @throws MalformedEventException when they are not in single-object encoding, name an unknown schema, do not hold what
     *     that schema says, or go on behind it
     */
    public static Decoded decode(byte @Nullable [] bytes) throws MalformedEventException {
        if (bytes == null) {
            throw new MalformedEventException("no value");
        }
        if (bytes.length < HEADER_LENGTH || bytes[0] != (byte) 0xC3 || bytes[1] != 0x01) {
            throw new MalformedEventException("not in Avro single-object encoding: it must begin with C3 01 and a"
                    + " fingerprint, " + HEADER_LENGTH + " bytes in all");
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
        Contract contract = CONTRACTS.get(fingerprint);
        if (contract == null) {
            throw new MalformedEventException(
                    "unknown schema: fingerprint %s is none of ours".formatted(hex(fingerprint)));
        }
        return new Decoded(contract.read(bytes), fingerprint);
    }

    /**
     * The event in these bytes, which must be of the given kind.
     *
     * @throws MalformedEventException as {@link #decode(byte[])}, or when they hold another kind of event
     */
    public static <T extends SpecificRecord> T decode(byte @Nullable [] bytes, Class<T> kind)
            throws MalformedEventException {
        SpecificRecord event = decode(bytes).event();
        if (!kind.isInstance(event)) {
            throw new MalformedEventException(
                    "a %s where a %s belongs".formatted(event.getSchema().getName(), kind.getSimpleName()));
        }
        return kind.cast(event);
    }

    /** A fingerprint as people write it: 16 hexadecimal digits. */
    public static String hex(long fingerprint) {
        return String.format(Locale.ROOT, "%016x", fingerprint);
    }

    /**
     * The schema that this build writes an event with.
     *
     * @param name the event's simple name, such as {@code VoteCast}
     */
    public static Schema schema(String name) {
        return current()
                .filter(schema -> schema.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " is no event of Votelog"));
    }

    static Stream<Schema> current() {
        return CURRENT.stream();
    }

    private static Map<Long, Contract> contracts() {
        Map<Long, Contract> contracts = new HashMap<>();
        for (Schema reader : CURRENT) {
            for (Schema writer : SchemaHistory.versions(reader.getFullName())) {
                contracts.put(SchemaNormalization.parsingFingerprint64(writer), new Contract(writer, reader));
            }
            contracts.put(SchemaNormalization.parsingFingerprint64(reader), new Contract(reader, reader));
        }
        return Map.copyOf(contracts);
    }

    private static final class Writer {
        private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

        private final byte[] header;
        private final SpecificDatumWriter<SpecificRecord> datum;

        private Writer(byte[] header, SpecificDatumWriter<SpecificRecord> datum) {
            this.header = header;
            this.datum = datum;
        }

        static Writer of(Schema schema) {
            byte[] header = ByteBuffer.allocate(HEADER_LENGTH)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) 0xC3)
                    .put((byte) 0x01)
                    .putLong(SchemaNormalization.parsingFingerprint64(schema))
                    .array();
            return new Writer(header, new SpecificDatumWriter<>(schema, SpecificData.getForSchema(schema)));
        }

        byte[] write(SpecificRecord event) {
            Buffers buffers = BUFFERS.get();
            buffers.bytes.reset();
            buffers.encoder = EncoderFactory.get().binaryEncoder(buffers.bytes, buffers.encoder);
            try {
                buffers.bytes.write(header);
                if (event instanceof VoteDecided decided) {
                    HotEvents.write(decided, buffers.encoder);
                } else {
                    datum.write(event, buffers.encoder);
                }
                buffers.encoder.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return buffers.bytes.toByteArray();
        }

        private static final class Buffers {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            private @Nullable BinaryEncoder encoder;
        }
    }

    private static final class Contract {
        private static final ThreadLocal<BoundedDecoder> DECODER = ThreadLocal.withInitial(BoundedDecoder::new);

        private final SpecificDatumReader<SpecificRecord> datum;
        private final boolean hot;

        Contract(Schema writer, Schema reader) {
            this.hot = writer.equals(VoteCast.getClassSchema());
            this.datum = new SpecificDatumReader<>(writer, reader, SpecificData.getForSchema(reader));
        }

        SpecificRecord read(byte[] bytes) throws MalformedEventException {
            BoundedDecoder decoder = DECODER.get();
            decoder.begin(bytes, HEADER_LENGTH);
            SpecificRecord event;
            try {
                event = hot ? HotEvents.readVoteCast(decoder) : datum.read(null, decoder);
            } catch (IOException | RuntimeException e) {
                // Avro says in many ways that bytes are not what a schema says, and none of them may stop a reader.
                throw new MalformedEventException(
                        "the bytes behind the fingerprint are not a %s: %s"
                                .formatted(datum.getSchema().getName(), e.getMessage()),
                        e);
            }
            if (!decoder.isEnd()) {
                throw new MalformedEventException(
                        "bytes left over behind a whole " + event.getSchema().getName());
            }
            return event;
        }
    }
}
