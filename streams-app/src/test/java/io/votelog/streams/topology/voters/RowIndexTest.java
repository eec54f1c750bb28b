// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RowIndexTest {
    static LongStream seeds() {
        long base = Long.getLong("votelog.seed", 20_211_205L);
        return LongStream.range(base, base + 20);
    }

    /** Keys are added, replaced, removed and looked up at random; a map says what should come out. Many keys have one hash. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldFindWhatAMapFinds(long seed) {
        Random random = new Random(seed);
        RowIndex index = new RowIndex();
        Map<Integer, Long> expected = new HashMap<>();
        Map<Long, Integer> keyAt = new HashMap<>();
        int hashes = 1 + random.nextInt(2_000);
        long next = RowIndex.ALIGNMENT;
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(4_000);
            // Alike in the 32 bits that a slot keeps, and in the segment.
            long hash = (key % hashes) * 0x0100_0000_0000_0001L;
            Long found = index.find(hash, address -> keyAt.get(address) == key ? address : null);
            assertThat(found).isEqualTo(expected.get(key));
            if (found != null && random.nextInt(3) == 0) {
                index.remove(hash, found);
                expected.remove(key);
                continue;
            }
            keyAt.put(next, key);
            if (found == null) {
                index.add(hash, next);
            } else {
                index.replace(hash, found, next);
            }
            expected.put(key, next);
            next += RowIndex.ALIGNMENT * (1 + random.nextInt(9));
        }
        assertThat(index.size()).isEqualTo(expected.size());
        index.clear();
        assertThat(index.size()).isZero();
        assertThat(index.<Long>find(0, address -> address)).isNull();
    }

    @Test
    void shouldKeepAddressesUpToItsBound() {
        RowIndex index = new RowIndex();
        long last = RowIndex.MAX_ADDRESS - RowIndex.ALIGNMENT;
        index.add(7, last);
        assertThat(index.<Long>find(7, address -> address)).isEqualTo(last);
        assertThatThrownBy(() -> index.remove(7, RowIndex.ALIGNMENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the index has no row at 16");
    }

    @Test
    void shouldSpreadKeysThatAreAlike() {
        RowIndex index = new RowIndex();
        List<Long> hashes = new ArrayList<>();
        for (int voter = 0; voter < 100_000; voter++) {
            byte[] key = ("%016d".formatted(voter) + "gz-customs-2021").getBytes(StandardCharsets.US_ASCII);
            hashes.add(index.hash(key, 0, key.length));
        }
        assertThat(hashes.stream().distinct().count()).isEqualTo(100_000);
        // Of 2^32 hashes some two of 100,000 are alike by chance.
        assertThat(hashes.stream().map(Long::intValue).distinct().count()).isGreaterThan(99_980);
        assertThat(hashes.stream().map(hash -> hash >>> 56).distinct().count()).isEqualTo(256);
    }

    @Test
    void shouldHashAKeyTheSameWhereverItStands() {
        RowIndex index = new RowIndex();
        for (int length = 0; length < 40; length++) {
            byte[] key = new byte[length];
            new Random(length).nextBytes(key);
            byte[] elsewhere = new byte[length + 11];
            System.arraycopy(key, 0, elsewhere, 5, length);
            assertThat(index.hash(elsewhere, 5, length)).isEqualTo(index.hash(key, 0, length));
        }
    }

    /**
     * Pairs of words that a multiplication by any odd number and a shift by half a word make alike: the first word of a pair has another top bit, and the
     * second one what becomes of that.
     */
    @Test
    void shouldNotBeMadeToCollideByWhoeverChoosesTheKeys() {
        RowIndex index = new RowIndex();
        Random random = new Random(7);
        int pairs = 10;
        long[] words = random.longs(2 * pairs).toArray();
        Set<Long> hashes = new HashSet<>();
        Set<Long> hashesOfBefore = new HashSet<>();
        for (int choice = 0; choice < 1 << pairs; choice++) {
            ByteBuffer key = ByteBuffer.allocate(2 * pairs * Long.BYTES);
            long before = key.capacity();
            for (int pair = 0; pair < pairs; pair++) {
                boolean other = (choice >> pair & 1) == 1;
                long first = words[2 * pair] ^ (other ? 1L << 63 : 0);
                long second = words[2 * pair + 1] ^ (other ? 1L << 63 | 1L << 31 : 0);
                key.putLong(first).putLong(second);
                for (long word : new long[] {first, second}) {
                    long product = (before ^ word) * 0x1234_5678_9abc_def1L;
                    before = product ^ product >>> 32;
                }
            }
            hashes.add(index.hash(key.array(), 0, key.capacity()) & 0xffff_ffffL);
            hashesOfBefore.add(before);
        }
        assertThat(hashesOfBefore)
                .as("what such keys do to a hash that can be broken")
                .hasSize(1);
        assertThat(hashes).hasSizeGreaterThan((1 << pairs) - 3);
    }
}
