// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Within the bounds events are read as Avro's own decoder reads them, and refused as it refuses them; verdicts are written as it does. */
class BoundedDecoderTest {
    private static final int HEADER = 10;

    @Test
    void shouldReadWhatAvroReads() {
        long seed = Long.getLong("votelog.seed", System.nanoTime());
        Random random = new Random(seed);
        List<SpecificRecord> events = GoldenEventsTest.events().toList();
        int whole = 0;
        for (int n = 0; n < 200_000; n++) {
            SpecificRecord event = events.get(random.nextInt(events.size()));
            byte[] bytes = damaged(Events.encode(event), random);
            SpecificRecord here = null;
            try {
                here = Events.decode(bytes).event();
                whole++;
            } catch (MalformedEventException refused) {
                if (refused.getMessage().contains("a list of more than")) {
                    continue; // Avro's decoder would believe it, and ask for that much memory.
                }
            }
            assertThat(here).as("seed %d, bytes %d", seed, n).isEqualTo(orNull(() -> byAvro(event, bytes)));
        }
        assertThat(whole).as("seed %d", seed).isBetween(1_000, 199_000);
    }

    @Test
    void shouldWriteVerdictsAsAvroDoes() throws IOException {
        long seed = Long.getLong("votelog.seed", System.nanoTime());
        Random random = new Random(seed);
        RejectionReason[] reasons = RejectionReason.values();
        Outcome[] outcomes = Outcome.values();
        for (int n = 0; n < 20_000; n++) {
            VoteDecided decided = new VoteDecided(
                    new UUID(random.nextLong(), random.nextLong()),
                    "b".repeat(random.nextInt(64)) + "关",
                    outcomes[random.nextInt(outcomes.length)],
                    random.nextBoolean() ? null : reasons[random.nextInt(reasons.length)],
                    random.nextLong() >> random.nextInt(64),
                    Instant.ofEpochMilli(random.nextLong() >> random.nextInt(64)));
            byte[] here = Events.encode(decided);
            ByteArrayOutputStream byAvro = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(byAvro, null);
            new SpecificDatumWriter<VoteDecided>(decided.getSchema(), SpecificData.getForSchema(decided.getSchema()))
                    .write(decided, encoder);
            encoder.flush();
            assertThat(Arrays.copyOfRange(here, HEADER, here.length))
                    .as("seed %d, verdict %d", seed, n)
                    .isEqualTo(byAvro.toByteArray());
        }
    }

    /** Numbers that nobody needs: of any length, with any bits in their last byte. */
    @Test
    void shouldReadNumbersAsAvroDoes() {
        long seed = Long.getLong("votelog.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int n = 0; n < 200_000; n++) {
            byte[] bytes = new byte[random.nextInt(13)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length - 1; i++) {
                bytes[i] |= (byte) (random.nextInt(16) == 0 ? 0 : 0x80);
            }
            BoundedDecoder here = new BoundedDecoder();
            BinaryDecoder avro = DecoderFactory.get().binaryDecoder(bytes, null);
            for (int number = 0; number < 3; number++) {
                boolean isInt = random.nextBoolean();
                Object expected = orNull(() -> isInt ? avro.readInt() : avro.readLong());
                if (number == 0) {
                    here.begin(bytes, 0);
                }
                assertThat(orNull(() -> isInt ? here.readInt() : here.readLong()))
                        .as("seed %d, bytes %d", seed, n)
                        .isEqualTo(expected);
                if (expected == null) {
                    break;
                }
            }
        }
    }

    @Test
    void shouldReadTextUpToItsBound() throws Exception {
        String longest = "x".repeat(BoundedDecoder.LONGEST_TEXT);
        assertThat(Events.decode(Events.encode(vote(longest, List.of())), VoteCast.class)
                        .getBallotId())
                .isEqualTo(longest);
        byte[] longer = Events.encode(vote(longest + "x", List.of()));
        assertThatThrownBy(() -> Events.decode(longer))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("a text of 1048577 bytes; it has 0 to 1048576");
    }

    /** The bound holds for the list, however many blocks it is written in. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, BoundedDecoder.MOST_ITEMS})
    void shouldReadListsUpToTheirBound(int blocks) throws Exception {
        byte[] fullest = inBlocks(BoundedDecoder.MOST_ITEMS, blocks);
        assertThat(Events.decode(fullest, VoteCast.class).getChoices()).hasSize(BoundedDecoder.MOST_ITEMS);
        byte[] fuller = inBlocks(BoundedDecoder.MOST_ITEMS + 1, blocks);
        assertThatThrownBy(() -> Events.decode(fuller))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("a list of more than 65536 items");
    }

    private static VoteCast vote(String ballotId, List<String> choices) {
        return new VoteCast(new UUID(1, 2), ballotId, choices, new Salt(new byte[32]));
    }

    /** A vote with so many choices, in so many blocks, the first of them with its size in bytes. */
    private static byte[] inBlocks(int choices, int blocks) throws IOException {
        byte[] none = Events.encode(vote("b", List.of()));
        int list = HEADER + 16 + 2;
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.write(none, 0, list);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(value, null);
        int written = 0;
        for (int block = 0; block < blocks; block++) {
            int count = block == blocks - 1 ? choices - written : choices / blocks;
            encoder.writeLong(block == 0 ? -count : count);
            if (block == 0) {
                encoder.writeLong(2L * count);
            }
            for (int item = 0; item < count; item++) {
                encoder.writeString("a");
            }
            written += count;
        }
        encoder.flush();
        value.write(none, list, none.length - list);
        return value.toByteArray();
    }

    private static byte[] damaged(byte[] whole, Random random) {
        List<Byte> bytes = new ArrayList<>();
        for (byte each : whole) {
            bytes.add(each);
        }
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = HEADER + random.nextInt(bytes.size() - HEADER);
            switch (random.nextInt(5)) {
                case 0 -> bytes.remove(at);
                case 1 -> bytes.add(at, (byte) random.nextInt());
                case 2 -> bytes.addAll(at, Collections.nCopies(random.nextInt(10), (byte) 0x80));
                default -> bytes.set(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
            }
        }
        byte[] damaged = new byte[bytes.size()];
        for (int i = 0; i < damaged.length; i++) {
            damaged[i] = bytes.get(i);
        }
        return damaged;
    }

    private static SpecificRecord byAvro(SpecificRecord like, byte[] bytes) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
        SpecificRecord event = new SpecificDatumReader<SpecificRecord>(
                        like.getSchema(), like.getSchema(), SpecificData.getForSchema(like.getSchema()))
                .read(null, decoder);
        if (!decoder.isEnd()) {
            throw new IOException("bytes left over");
        }
        return event;
    }

    private interface Reading {
        Object read() throws Exception;
    }

    private static Object orNull(Reading reading) {
        try {
            return reading.read();
        } catch (Exception refused) {
            return null;
        }
    }
}
