// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Readers that come and skip as they like get one whole gzip stream each, of pieces that were compressed once. */
class SharedPiecesTest {
    private static final int HEADER_BYTES = 10;

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldMakeAWholeStreamOfWhateverPieces(long seed) throws IOException {
        Random random = new Random(seed);
        List<StreamPiece> pieces = new ArrayList<>(List.of(StreamPiece.NOTHING, text(":\n\n")));
        for (int i = 0; i < 12; i++) {
            pieces.add(new StreamPiece(random(random)));
        }
        for (int reader = 0; reader < 30; reader++) {
            PieceWriter gzip = new PieceWriter(true);
            PieceWriter plain = new PieceWriter(false);
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = random.nextInt(20); i > 0; i--) {
                StreamPiece piece = pieces.get(random.nextInt(pieces.size()));
                compressed.write(bytes(gzip.write(piece)));
                expected.write(bytes(plain.write(piece)));
            }
            compressed.write(bytes(gzip.end()));
            expected.write(bytes(plain.end()));
            // It reads to the end of the member, and holds the bytes against the checksum and the length there.
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.toByteArray()))) {
                assertThat(in.readAllBytes()).as("seed %d", seed).isEqualTo(expected.toByteArray());
            }
        }
    }

    @Test
    void shouldBeReadableAsSoonAsAPieceIsThere() throws DataFormatException {
        PieceWriter writer = new PieceWriter(true);
        Inflater inflater = new Inflater(true);
        for (String text : List.of("data: 1\n\n", ":\n\n", "data: 1\n\n", "x".repeat(100_000))) {
            byte[] written = bytes(writer.write(text(text)));
            int from = inflater.getTotalIn() == 0 ? HEADER_BYTES : 0;
            inflater.setInput(written, from, written.length - from);
            byte[] read = new byte[200_000];
            int length = inflater.inflate(read);
            assertThat(new String(read, 0, length, StandardCharsets.UTF_8)).isEqualTo(text);
            assertThat(inflater.finished()).isFalse();
        }
        inflater.end();
    }

    @Test
    void shouldCompressAPieceOnceForAllReaders() {
        StreamPiece piece = text("data: results\n\n".repeat(1_000));
        PieceWriter one = new PieceWriter(true);
        PieceWriter other = new PieceWriter(true);
        one.write(text("first"));
        other.write(text("another"));
        ByteBuffer written = one.write(piece);
        assertThat(written.remaining()).isLessThan(200);
        assertThat(place(written)).isEqualTo(place(other.write(piece)));
        assertThat(place(new PieceWriter(false).write(piece)))
                .isEqualTo(place(new PieceWriter(false).write(piece)))
                .isNotEqualTo(place(written));
    }

    /** Where in memory the system writes it to a socket from; it fails where that is nowhere. */
    private static long place(ByteBuffer written) {
        assertThat(written.isReadOnly()).isTrue();
        return Unpooled.wrappedBuffer(written).memoryAddress();
    }

    private static byte[] bytes(ByteBuffer written) {
        byte[] bytes = new byte[written.remaining()];
        written.duplicate().get(bytes);
        return bytes;
    }

    @Test
    void shouldCompressADocumentOnce() throws IOException {
        Coded document = new Coded("results ".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        assertThat(document.gzip()).isSameAs(document.gzip()).hasSizeLessThan(200);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(document.gzip()))) {
            assertThat(in.readAllBytes()).isEqualTo(document.plain());
        }
    }

    /** The test above would see nothing if the reader did not look. */
    @Test
    void shouldBeSeenWhenAPieceWasLeftOut() {
        PieceWriter writer = new PieceWriter(true);
        ByteArrayOutputStream torn = new ByteArrayOutputStream();
        torn.writeBytes(bytes(writer.write(text("one"))));
        writer.write(text("two"));
        torn.writeBytes(bytes(writer.end()));
        assertThatThrownBy(() -> new GZIPInputStream(new ByteArrayInputStream(torn.toByteArray())).readAllBytes())
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldCombineChecksumsAsIfTheWholeWereRead(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] first = random(random);
            byte[] second = random(random);
            CRC32 whole = new CRC32();
            whole.update(first);
            whole.update(second);
            assertThat(Crc32.combine(crc(first), crc(second), Crc32.shift(second.length)))
                    .as("seed %d", seed)
                    .isEqualTo((int) whole.getValue());
        }
    }

    /** Streams live long: what comes behind 5 GiB of zeros, taken in steps that the JDK can read in one. */
    @Test
    void shouldCombineChecksumsOfWhatIsLongerThanAnArray() {
        byte[] zeros = new byte[1 << 20];
        int mebibyte = crc(zeros);
        int stepwise = 0;
        for (int i = 0; i < 5 * 1024; i++) {
            stepwise = Crc32.combine(stepwise, mebibyte, Crc32.shift(zeros.length));
        }
        int twoGibibytes = 0;
        for (int i = 0; i < 2 * 1024; i++) {
            twoGibibytes = Crc32.combine(twoGibibytes, mebibyte, Crc32.shift(zeros.length));
        }
        int threeGibibytes = Crc32.combine(twoGibibytes, mebibyte, Crc32.shift(zeros.length));
        for (int i = 1; i < 1024; i++) {
            threeGibibytes = Crc32.combine(threeGibibytes, mebibyte, Crc32.shift(zeros.length));
        }
        assertThat(Crc32.combine(twoGibibytes, threeGibibytes, Crc32.shift(3L << 30)))
                .isEqualTo(stepwise);
    }

    private static int crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static StreamPiece text(String text) {
        return new StreamPiece(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a length from 0 to 200,000, with few or many different bytes. */
    private static byte[] random(Random random) {
        byte[] bytes = new byte[random.nextInt(1 + (1 << random.nextInt(18)))];
        int kinds = 1 + random.nextInt(256);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(kinds);
        }
        return bytes;
    }

    static LongStream seeds() {
        return LongStream.range(1, 5).map(n -> n * 104_729);
    }
}
