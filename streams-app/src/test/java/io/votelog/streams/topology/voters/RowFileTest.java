// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RowFileTest {
    private static final Uuid TOPIC = new Uuid(1, 2);

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private Path folder;

    static LongStream seeds() {
        long base = Long.getLong("votelog.seed", 20_211_205L);
        return LongStream.range(base, base + 40);
    }

    /** What a file has: the value of each key, and where its newest row stands. */
    private static final class Contents {
        private final Map<String, String> values = new TreeMap<>();
        private final Map<String, Long> addresses = new HashMap<>();

        void load(byte kind, byte[] bytes, int keyFrom, int keyLength, int valueLength, long address, long before) {
            String key = kind + new String(bytes, keyFrom, keyLength, StandardCharsets.UTF_8);
            assertThat(addresses.getOrDefault(key, 0L)).isEqualTo(before);
            values.put(key, new String(bytes, keyFrom + keyLength, valueLength, StandardCharsets.UTF_8));
            addresses.put(key, address);
        }
    }

    private Path path() {
        return folder.resolve("rows");
    }

    private RowFile open(Contents contents) throws IOException {
        return RowFile.open(path(), TOPIC, 3, Long.MAX_VALUE, contents::load);
    }

    private static void put(RowFile file, Contents contents, int kind, String key, String value) {
        String named = kind + key;
        long before = contents.addresses.getOrDefault(named, 0L);
        long address = file.append((byte) kind, bytes(key), bytes(value), before);
        contents.values.put(named, value);
        contents.addresses.put(named, address);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Blocks of rows are written; then the file is damaged anywhere. What is left is the file as it was at the end of some block. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldBeAsAtTheEndOfABlockWhateverBecomesOfIt(long seed) throws IOException {
        Random random = new Random(seed);
        Contents contents = new Contents();
        Map<Long, Map<String, String>> atBlock = new HashMap<>();
        List<Long> ends = new ArrayList<>(List.of(48L));
        atBlock.put(0L, Map.of());
        long next = 0;
        try (RowFile file = open(contents)) {
            for (int block = 0; block < 1 + random.nextInt(90); block++) {
                for (int row = random.nextInt(8); row > 0; row--) {
                    String value = "v".repeat(random.nextInt(random.nextInt(20) == 0 ? 5_000 : 60)) + row;
                    put(file, contents, random.nextInt(2), "key" + random.nextInt(30), value);
                }
                next += 1 + random.nextInt(5);
                contents.addresses.forEach((key, address) -> assertThat(file.value(address, bytes(key.substring(1))))
                        .isEqualTo(bytes(contents.values.get(key))));
                file.endBlock(next);
                assertThat(file.nextOffset()).isEqualTo(next);
                atBlock.put(next, new TreeMap<>(contents.values));
                ends.add(Files.size(path()));
            }
            assertThat(file.length()).isEqualTo(Files.size(path()));
        }
        byte[] whole = Files.readAllBytes(path());

        Contents again = new Contents();
        try (RowFile file = open(again)) {
            assertThat(file.nextOffset()).isEqualTo(next);
            assertThat(again.values).isEqualTo(contents.values);
            assertThat(again.addresses).isEqualTo(contents.addresses);
        }
        assertThat(Files.readAllBytes(path())).isEqualTo(whole);

        int place = random.nextInt(whole.length);
        byte[] damaged = random.nextBoolean() ? Arrays.copyOf(whole, place) : whole.clone();
        if (damaged.length > place) {
            damaged[place] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(path(), damaged);
        Contents left = new Contents();
        try (RowFile file = open(left)) {
            assertThat(left.values).isEqualTo(atBlock.get(file.nextOffset()));
            // All blocks before the damage are there.
            long kept =
                    place < 48 ? 48 : ends.stream().filter(end -> end <= place).reduce(48L, Math::max);
            assertThat(Files.size(path())).isIn(kept, (long) whole.length);
            put(file, left, 1, "behind", "the damage");
            file.endBlock(file.nextOffset() + 1);
        }
        Contents then = new Contents();
        open(then).close();
        assertThat(then.values).isEqualTo(left.values);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldTakeBackWhatStandsBehindABlock(long seed) throws IOException {
        Random random = new Random(seed);
        Contents contents = new Contents();
        try (RowFile file = open(contents)) {
            int blocks = 1 + random.nextInt(50);
            int cut = random.nextInt(blocks);
            Map<String, Long> atCut = Map.of();
            for (int block = 1; block <= blocks; block++) {
                if (block == cut + 1) {
                    atCut = Map.copyOf(contents.addresses);
                }
                for (int row = random.nextInt(6); row > 0; row--) {
                    put(file, contents, random.nextInt(2), "key" + random.nextInt(9), "value" + row);
                }
                file.endBlock(10L * block);
            }
            put(file, contents, 1, "key1", "not written");

            boolean cutThere = file.cutTo(
                    10L * cut + random.nextInt(10), (kind, bytes, from, length, valueLength, address, before) -> {
                        String key = kind + new String(bytes, from, length, StandardCharsets.UTF_8);
                        assertThat(contents.addresses.get(key)).isEqualTo(address);
                        if (before == 0) {
                            contents.addresses.remove(key);
                        } else {
                            contents.addresses.put(key, before);
                        }
                    });

            assertThat(cutThere).isTrue();
            assertThat(file.nextOffset()).isEqualTo(10L * cut);
            assertThat(contents.addresses).isEqualTo(atCut);
        }
        Contents again = new Contents();
        open(again).close();
        assertThat(again.addresses).isEqualTo(contents.addresses);
    }

    @Test
    void shouldNotBeReadForAnotherLogOrBeyondTheEndOfThisOne() throws IOException {
        Contents contents = new Contents();
        try (RowFile file = open(contents)) {
            put(file, contents, 1, "a", "1");
            file.endBlock(10);
            put(file, contents, 1, "b", "2");
            file.endBlock(20);
        }
        assertThat(nextOffset(null, 3, Long.MAX_VALUE))
                .as("the topic is not known now")
                .isEqualTo(20);
        assertThat(nextOffset(TOPIC, 3, 20)).isEqualTo(20);
        for (int again = 0; again < 2; again++) {
            assertThatThrownBy(() -> nextOffset(TOPIC, 3, 19))
                    .as("the log ends before, and the file stays as it is")
                    .isInstanceOf(LogTruncatedException.class)
                    .hasMessageContaining("partition 3 of votes ends at offset 19")
                    .hasMessageContaining("up to offset 20");
        }
        assertThat(nextOffset(TOPIC, 2, 20)).as("another partition").isZero();
        try (RowFile file = RowFile.open(path(), null, 3, 20, (k, b, f, n, v, a, p) -> {})) {
            file.endBlock(7);
        }
        assertThat(nextOffset(TOPIC, 3, 20)).as("the topic was not known").isEqualTo(7);
        try (RowFile file = RowFile.open(path(), new Uuid(5, 6), 3, 20, (k, b, f, n, v, a, p) -> {})) {
            file.endBlock(8);
        }
        assertThat(nextOffset(TOPIC, 3, 20)).as("another topic").isZero();
    }

    private long nextOffset(@Nullable Uuid topic, int partition, long logEnd) throws IOException {
        try (RowFile file = RowFile.open(path(), topic, partition, logEnd, (k, b, f, n, v, a, p) -> {})) {
            return file.nextOffset();
        }
    }

    @Test
    void shouldBeReadByThreadsThatAreInterrupted() throws IOException {
        Contents contents = new Contents();
        try (RowFile file = open(contents)) {
            put(file, contents, 1, "a", "1");
            file.endBlock(1);
            Thread.currentThread().interrupt();
            assertThat(file.value(contents.addresses.get("1a"), bytes("a"))).isEqualTo(bytes("1"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.value(contents.addresses.get("1a"), bytes("a"))).isEqualTo(bytes("1"));
        }
    }

    /** A length is a number that anything can have flipped, and no reason to ask for as much memory. */
    @Test
    void shouldNotTakeMemoryForALengthThatTheFileMerelySays() throws IOException {
        Contents contents = new Contents();
        try (RowFile file = open(contents)) {
            put(file, contents, 1, "a", "1");
            file.endBlock(1);
        }
        long end = Files.size(path());
        int claimed = 1 << 28;
        try (RandomAccessFile file = new RandomAccessFile(path().toFile(), "rw")) {
            file.setLength(end + 32 + claimed);
            file.seek(end);
            file.write(ByteBuffer.allocate(16)
                    .putInt(RowFormat.BLOCK)
                    .putInt(claimed)
                    .putLong(2)
                    .array());
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(nextOffset(TOPIC, 3, Long.MAX_VALUE)).isEqualTo(1);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 24);
        assertThat(Files.size(path())).isEqualTo(end);
    }

    /** After a loss of power a disk may have a block that was cut off, where another one was written since, and what was written behind that. */
    @Test
    void shouldNotReadOnBehindABlockThatAnotherOneHadReplaced() throws IOException {
        Contents contents = new Contents();
        byte[] older;
        try (RowFile file = open(contents)) {
            put(file, contents, 1, "a", "1");
            file.endBlock(10);
            put(file, contents, 1, "b", "old");
            file.endBlock(20);
            older = Files.readAllBytes(path());
            file.cutTo(10, (k, b, f, n, v, a, p) -> contents.addresses.remove("1b"));
            put(file, contents, 1, "b", "new");
            file.endBlock(20);
            put(file, contents, 1, "c", "3");
            file.endBlock(30);
        }
        byte[] newer = Files.readAllBytes(path());
        System.arraycopy(older, 0, newer, 0, older.length);
        Files.write(path(), newer);

        Contents found = new Contents();
        try (RowFile file = open(found)) {
            assertThat(file.nextOffset()).isEqualTo(20);
            assertThat(found.values).isEqualTo(Map.of("1a", "1", "1b", "old"));
        }
    }

    /** The newest rows are copied to another file, and that one is damaged anywhere: it has all of them or none. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldBeCopiedAsAWhole(long seed) throws IOException {
        Random random = new Random(seed);
        Contents contents = new Contents();
        Path copy = folder.resolve("copy");
        int blocks = 1 + random.nextInt(20);
        try (RowFile file = open(contents)) {
            for (int block = 1; block <= blocks; block++) {
                for (int row = random.nextInt(30); row > 0; row--) {
                    put(
                            file,
                            contents,
                            random.nextInt(2),
                            "key" + random.nextInt(200),
                            "v".repeat(random.nextInt(50_000)));
                }
                file.endBlock(block);
            }
            Files.write(copy, new byte[random.nextInt(9)]);
            file.copyNewest(
                    copy,
                    (kind, bytes, from, length, address) ->
                            contents.addresses.get(kind + new String(bytes, from, length, StandardCharsets.UTF_8))
                                    == address);
            assertThat(file.nextOffset()).isEqualTo(blocks);
        }
        byte[] whole = Files.readAllBytes(copy);
        for (int start = 0; start < 3; start++) {
            Contents copied = new Contents();
            try (RowFile file = RowFile.open(copy, TOPIC, 3, blocks, copied::load)) {
                file.takeBackLastBlock((k, b, f, n, v, a, p) -> {
                    throw new AssertionError("a copied row is taken back");
                });
                assertThat(file.nextOffset()).isEqualTo(blocks);
                assertThat(copied.values).isEqualTo(contents.values);
                assertThat(file.cutTo(blocks - 1, (k, b, f, n, v, a, p) -> {})).isFalse();
            }
        }
        int place = random.nextInt(whole.length);
        byte[] damaged = random.nextBoolean() ? Arrays.copyOf(whole, place) : whole.clone();
        if (damaged.length > place) {
            damaged[place] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(copy, damaged);
        Contents left = new Contents();
        try (RowFile file = RowFile.open(copy, TOPIC, 3, blocks, left::load)) {
            assertThat(file.nextOffset()).isIn(0L, (long) blocks);
            assertThat(left.values).isEqualTo(file.nextOffset() == 0 ? Map.of() : contents.values);
            put(file, left, 1, "behind", "the damage");
            file.endBlock(blocks + 1);
        }
        Contents then = new Contents();
        RowFile.open(copy, TOPIC, 3, Long.MAX_VALUE, then::load).close();
        assertThat(then.values).isEqualTo(left.values);
    }
}
