// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Signed tokens of voters 0, 1, 2, … in mapped files, since signing costs more than checking: signed once, on all cores, and
 * used again by later runs with the same key and seed until they have less than a day left. Reading is for one thread.
 */
public final class TokenStore {
    /** Tokens in one file. */
    static final int SEGMENT = 16_384;

    private static final int TOLD_EACH = 8;
    private static final Duration LEAST_LIFE = Duration.ofDays(1);
    /** Before the tokens: their length as an int, and when they expire in seconds since 1970 as a long. */
    private static final int HEADER_BYTES = 12;

    private final Path folder;
    private final SigningKey key;
    private final long seed;
    private final Clock clock;
    private final Map<Integer, ByteBuf> segments = new HashMap<>();
    private int tokenLength;

    /** @param cache below which each key and seed have a folder */
    public TokenStore(Path cache, SigningKey key, long seed, Clock clock) {
        this.folder =
                cache.resolve("%s-%s-%016x".formatted(key.algorithm().name().toLowerCase(Locale.ROOT), key.id(), seed));
        this.key = key;
        this.seed = seed;
        this.clock = clock;
    }

    SigningKey key() {
        return key;
    }

    /** Whether all of so many voters have one. */
    public boolean has(int firstVoter, int count) {
        return segmentsOf(firstVoter, count).allMatch(segments::containsKey);
    }

    private static IntStream segmentsOf(int firstVoter, int count) {
        return IntStream.range(
                firstVoter / SEGMENT, Math.toIntExact((firstVoter + (long) count + SEGMENT - 1) / SEGMENT));
    }

    /**
     * Has the tokens of so many voters ready, and signs those that are missing or too old.
     *
     * @param progress told now and then how many are still to be signed
     */
    public void ensure(int firstVoter, int count, IntConsumer progress) {
        try {
            Files.createDirectories(folder);
            int[] needed = segmentsOf(firstVoter, count)
                    .filter(s -> !segments.containsKey(s))
                    .toArray();
            int missing = 0;
            for (int s : needed) {
                missing += usable(file(s)) ? 0 : 1;
            }
            int signed = 0;
            for (int s : needed) {
                if (!usable(file(s))) {
                    if (signed++ % TOLD_EACH == 0) {
                        progress.accept((missing - signed + 1) * SEGMENT);
                    }
                    sign(s);
                }
                segments.put(s, map(file(s)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends the token of a voter who {@linkplain #has has} one. */
    public void write(int voter, ByteBuf to) {
        to.writeBytes(segments.get(voter / SEGMENT), HEADER_BYTES + voter % SEGMENT * tokenLength, tokenLength);
    }

    /** Bytes of each token. */
    public int tokenLength() {
        return tokenLength;
    }

    private Path file(int segment) {
        return folder.resolve("%05d.tokens".formatted(segment));
    }

    private boolean usable(Path file) throws IOException {
        if (Files.notExists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            if (channel.read(header, 0) < HEADER_BYTES) {
                return false;
            }
            header.flip();
            return channel.size() == HEADER_BYTES + (long) header.getInt() * SEGMENT
                    && Instant.ofEpochSecond(header.getLong())
                            .isAfter(clock.instant().plus(LEAST_LIFE));
        }
    }

    private void sign(int segment) throws IOException {
        Instant now = clock.instant();
        byte[][] tokens = new byte[SEGMENT][];
        IntStream.range(0, SEGMENT)
                .parallel()
                .forEach(i -> tokens[i] = key.sign(Claims.ofVoter(seed, segment * SEGMENT + i, now)));
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + tokens[0].length * SEGMENT)
                .putInt(tokens[0].length)
                .putLong(now.plus(Claims.LIFE).getEpochSecond());
        for (byte[] token : tokens) {
            bytes.put(token);
        }
        Path next = Files.createTempFile(folder, "tokens", ".next");
        Files.write(next, bytes.array());
        Files.move(next, file(segment), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private ByteBuf map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            int length = mapped.getInt(0);
            if (!segments.isEmpty() && length != tokenLength) {
                throw new BenchException("%s holds tokens of another length: delete %s".formatted(file, folder));
            }
            tokenLength = length;
            return Unpooled.wrappedBuffer(mapped);
        }
    }
}
