// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of promises: other programs, and proofs that people keep, depend on each of them. */
class PromiseTest {
    private static final Receipt RECEIPT = new Receipt(Pseudonym.of(new byte[16]), new UUID(1, 2));

    @Test
    void shouldWriteWhatIsPromisedInBytesThatNeverChange() {
        byte[] hash = PromisedVote.recordHash(
                4_711, 1_638_666_123_004L, new byte[16], "value".getBytes(StandardCharsets.UTF_8));
        PromisedVote vote = new PromisedVote("gz-customs-2021", RECEIPT, 3, 4_711, 1_638_666_123_004L, hash);

        assertThat(HexFormat.of().formatHex(vote.bytes()))
                .isEqualTo(
                        "766f74656c6f672070726f6d6973652076320a" // "votelog promise v2" and a line feed
                                + HexFormat.of().formatHex(hash)
                                + "0".repeat(32)
                                + "00000000000000010000000000000002"
                                + "00000003"
                                + "0000000000001267"
                                + "0000017d881cb6fc"
                                + "677a2d637573746f6d732d32303231"); // "gz-customs-2021"
        assertThat(PromisedVote.timeText(1_638_666_123_004L)).isEqualTo("2021-12-05T01:02:03.004Z");
        assertThat(hash)
                .isEqualTo(sha256(HexFormat.of()
                        .parseHex("0000000000001267" + "0000017d881cb6fc" + "00000010" + "0".repeat(32) + "00000005"
                                + "76616c7565"))); // "value"
        assertThat(new String(Promise.signedText(3, hash), StandardCharsets.UTF_8))
                .isEqualTo("votelog promises v1\n3\n" + PromisedVote.text(hash) + "\n");
    }

    @Test
    void shouldBeWrittenAsJsonThatNeedsNoEscaping() {
        byte[] hash = new byte[32];
        Promise promise = new Promise(
                1, 2, List.of(PromisedVote.text(hash)), PromisedVote.text(new byte[64]), PromisedVote.text(new byte[] {
                    -1, -2
                }));

        StringBuilder json = new StringBuilder();
        promise.writeJson(hash, json);
        assertThat(json.toString())
                .isEqualTo(
                        "{\"format\":\"votelog-promise/2\",\"record\":\"%1$s\",\"index\":1,\"size\":2,\"path\":[\"%1$s\"],"
                                        .formatted("A".repeat(43))
                                + "\"signature\":\"%s\",\"key\":\"__4\"}".formatted("A".repeat(86)));
    }

    static IntStream sizes() {
        return IntStream.concat(IntStream.rangeClosed(1, 40), IntStream.of(511, 512, 513, Promise.MOST));
    }

    /** Each path leads to the root that the definition in RFC 6962, section 2.1, gives, and is no longer than the tree is high. */
    @ParameterizedTest
    @MethodSource("sizes")
    void shouldLeadFromEveryLeafToTheRoot(int size) {
        Random random = new Random(size);
        List<byte[]> entries = new ArrayList<>();
        for (int at = 0; at < size; at++) {
            byte[] entry = new byte[random.nextInt(200)];
            random.nextBytes(entry);
            entries.add(entry);
        }
        Promise.Tree tree = new Promise.Tree(entries);

        assertThat(tree.size()).isEqualTo(size);
        assertThat(tree.root()).isEqualTo(root(entries));
        for (int at = 0; at < size; at++) {
            assertThat(tree.path(at)).hasSizeLessThanOrEqualTo(32 - Integer.numberOfLeadingZeros(size - 1));
            assertThat(tree.path(at))
                    .isEqualTo(path(at, entries).stream()
                            .map(hash -> PromisedVote.text(hash))
                            .toList());
        }
    }

    private static byte[] root(List<byte[]> entries) {
        if (entries.size() == 1) {
            return sha256(new byte[] {0}, entries.get(0));
        }
        int split = Integer.highestOneBit(entries.size() - 1);
        return sha256(new byte[] {1}, root(entries.subList(0, split)), root(entries.subList(split, entries.size())));
    }

    private static List<byte[]> path(int at, List<byte[]> entries) {
        if (entries.size() == 1) {
            return List.of();
        }
        int split = Integer.highestOneBit(entries.size() - 1);
        List<byte[]> left = entries.subList(0, split);
        List<byte[]> right = entries.subList(split, entries.size());
        List<byte[]> path = new ArrayList<>(at < split ? path(at, left) : path(at - split, right));
        path.add(root(at < split ? right : left));
        return path;
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
