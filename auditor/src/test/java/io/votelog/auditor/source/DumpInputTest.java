// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DumpInputTest {
    private static final long SEED = Long.getLong("votelog.seed", 20211205);
    private static final int MIB = 1 << 20;

    private final SplittableRandom random = new SplittableRandom(SEED);

    /** A stream that gives now much and now little at a time, as files on a network do. */
    private InputStream inPieces(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                return super.read(to, from, Math.min(length, 1 + random.nextInt(random.nextBoolean() ? 9 : 3 * MIB)));
            }
        };
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Fields of all lengths around those of the buffer, and headers whose names change now and then. */
    @Test
    void shouldReadWhatWasWritten() throws IOException {
        List<Object> fields = new ArrayList<>();
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(written)) {
            int[] lengths = {0, 1, 7, 200, 5_000, MIB - 1, MIB, MIB + 1, 3 * MIB};
            for (int i = 0; i < 300; i++) {
                long number = random.nextLong();
                out.writeLong(number);
                fields.add(number);
                byte[] bytes = randomBytes(lengths[random.nextInt(i % 10 == 0 ? lengths.length : 5)]);
                out.writeInt(bytes.length);
                out.write(bytes);
                fields.add(bytes);
                String name = "ce_" + "é".repeat(random.nextInt(3)) + "x".repeat(i % 50 == 0 ? 2 * MIB : 1);
                out.writeInt(name.getBytes(StandardCharsets.UTF_8).length);
                out.write(name.getBytes(StandardCharsets.UTF_8));
                fields.add(name);
                out.writeInt(-1);
                out.writeInt(-1);
                out.writeInt(i);
            }
        }
        try (DumpInput in = new DumpInput(inPieces(written.toByteArray()))) {
            for (int i = 0; i < 300; i++) {
                assertThat(in.isAtEnd()).isFalse();
                assertThat(in.number8()).isEqualTo(fields.get(3 * i));
                byte[] bytes = (byte[]) fields.get(3 * i + 1);
                assertThat(Arrays.equals(in.bytes(), bytes))
                        .as("seed %d, field %d", SEED, i)
                        .isTrue();
                assertThat(in.name(i % 20).equals(fields.get(3 * i + 2)))
                        .as("seed %d, field %d", SEED, i)
                        .isTrue();
                assertThat(in.bytes()).isNull();
                assertThat(in.name(0)).isEmpty();
                assertThat(in.headerCount()).isEqualTo(i);
            }
            assertThat(in.isAtEnd()).isTrue();
        }
    }

    @Test
    void shouldSayWhereAFieldIsCut() throws IOException {
        assertThatThrownBy(() -> input(new byte[7]).number8()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> input(new byte[3]).bytes()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> input(new byte[] {0, 0, 0, 2, 1}).bytes()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> input(new byte[] {0, 0, 0, 2, 1}).name(0)).isInstanceOf(EOFException.class);
        // Sixteen and a half megabytes are said to follow.
        assertThatThrownBy(() -> input(new byte[] {1, 0, 0, 0, 1}).bytes()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> input(new byte[] {1, 0, 0, 0, 1}).name(0)).isInstanceOf(EOFException.class);
        assertThat(input(new byte[0]).isAtEnd()).isTrue();
    }

    @Test
    void shouldRefuseALengthThatNoRecordHas() {
        byte[] tooLong = {4, 0, 0, 1};
        byte[] negative = {-1, -1, -1, -2};
        assertThatThrownBy(() -> input(tooLong).bytes()).hasMessage("a field of 67108865 bytes");
        assertThatThrownBy(() -> input(negative).bytes()).hasMessage("a field of -2 bytes");
        assertThatThrownBy(() -> input(negative).name(3)).hasMessage("a field of -2 bytes");
        assertThatThrownBy(() -> input(tooLong).headerCount()).hasMessage("67108865 headers");
        assertThatThrownBy(() -> input(negative).headerCount()).hasMessage("-2 headers");
    }

    private DumpInput input(byte[] bytes) {
        return new DumpInput(inPieces(bytes));
    }
}
