// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.hash.Merkle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the reference tree of Certificate Transparency, and the RFC's definitions. */
class ProofsTest {
    private static final List<byte[]> LEAVES =
            hashes("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f");

    private static final List<byte[]> ROOTS = hashes(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

    private final Merkle merkle = new Merkle();

    @Test
    void shouldHaveTheRootsOfTheReferenceTree() {
        assertThat(Merkle.emptyRoot()).isEqualTo(ROOTS.get(0));
        byte[] hashes = new byte[LEAVES.size() * Merkle.HASH];
        for (int size = 1; size <= LEAVES.size(); size++) {
            byte[] leaf = merkle.leaf(LEAVES.get(size - 1));
            System.arraycopy(leaf, 0, hashes, (size - 1) * Merkle.HASH, Merkle.HASH);
            assertThat(merkle.root(hashes, 0, size)).as("size %d", size).isEqualTo(ROOTS.get(size));
            assertThat(Oracle.mth(LEAVES.subList(0, size))).isEqualTo(ROOTS.get(size));
        }
        assertThat(merkle.node(merkle.leaf(LEAVES.get(0)), merkle.leaf(LEAVES.get(1))))
                .isEqualTo(ROOTS.get(2));
        assertThatThrownBy(() -> merkle.node(new byte[32], new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, ''",
        "0, 8, 96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
                + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
                + " 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "5, 8, bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
                + " ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
                + " d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "2, 3, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "1, 5, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
                + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
                + " bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    })
    void shouldTakeTheReferenceTreesProofsOfInclusion(int index, int size, String proof) {
        List<byte[]> hashes = split(proof);
        assertThat(Proofs.included(merkle.leaf(LEAVES.get(index)), index, size, hashes, ROOTS.get(size)))
                .isTrue();
        assertThat(Oracle.path(index, LEAVES.subList(0, size)))
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(hashes);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, ''",
        "1, 8, 96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
                + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
                + " 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "6, 8, 0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
                + " ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
                + " d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "2, 5, 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
                + " bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    })
    void shouldTakeTheReferenceTreesProofsOfConsistency(int oldSize, int size, String proof) {
        List<byte[]> hashes = split(proof);
        assertThat(Proofs.consistent(oldSize, ROOTS.get(oldSize), size, ROOTS.get(size), hashes))
                .isTrue();
        assertThat(Oracle.proof(oldSize, LEAVES.subList(0, size)))
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(hashes);
    }

    @Test
    void shouldTakeEachProofOfInclusionAndNoOther() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        for (int size = 1; size <= 40; size++) {
            List<byte[]> leaves = Sample.entries(size);
            byte[] root = Oracle.mth(leaves);
            for (int index = 0; index < size; index++) {
                byte[] leaf = merkle.leaf(leaves.get(index));
                List<byte[]> proof = Oracle.path(index, leaves);
                String which = "seed %d, leaf %d of %d".formatted(Sample.SEED, index, size);
                assertThat(Proofs.included(leaf, index, size, proof, root))
                        .as(which)
                        .isTrue();
                for (List<byte[]> changed : changes(proof, random)) {
                    assertThat(Proofs.included(leaf, index, size, changed, root))
                            .as(which)
                            .isFalse();
                }
                for (int other = -1; other <= size; other++) {
                    assertThat(Proofs.included(leaf, other, size, proof, root))
                            .as("%s, called %d", which, other)
                            .isEqualTo(other == index);
                }
                assertThat(Proofs.included(Sample.flipped(leaf, random.nextInt(256)), index, size, proof, root))
                        .isFalse();
                assertThat(Proofs.included(leaf, index, size, proof, Sample.flipped(root, random.nextInt(256))))
                        .isFalse();
                assertThat(Proofs.included(root, index, size, proof, leaf)).isEqualTo(size == 1);
                assertThat(Proofs.included(leaf, index, size, proof, new byte[0]))
                        .isFalse();
                assertThat(Proofs.included(new byte[33], index, size, proof, root))
                        .isFalse();
            }
        }
    }

    /** A proof says nothing of a size under which the way from the leaf up is the same; of every other one it is refused. */
    @Test
    void shouldRefuseSizesInWhichTheWayUpIsAnother() {
        List<byte[]> leaves = Sample.entries(40);
        for (int size = 1; size <= 40; size++) {
            byte[] root = Oracle.mth(leaves.subList(0, size));
            for (int index = 0; index < size; index++) {
                List<byte[]> proof = Oracle.path(index, leaves.subList(0, size));
                byte[] leaf = merkle.leaf(leaves.get(index));
                for (int other = 0; other <= 40; other++) {
                    boolean sameWay = index < other && way(index, size).equals(way(index, other));
                    assertThat(Proofs.included(leaf, index, other, proof, root))
                            .as("leaf %d of %d, called %d", index, size, other)
                            .isEqualTo(sameWay);
                }
            }
        }
    }

    /** On which side the siblings are, from the root down. */
    private static String way(int index, int size) {
        if (size == 1) {
            return "";
        }
        int k = Integer.highestOneBit(size - 1);
        return index < k ? "r" + way(index, k) : "l" + way(index - k, size - k);
    }

    @Test
    void shouldTakeEachProofOfConsistencyAndNoOther() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        List<byte[]> leaves = Sample.entries(40);
        for (int size = 0; size <= 40; size++) {
            byte[] root = Oracle.mth(leaves.subList(0, size));
            for (int oldSize = 0; oldSize <= size; oldSize++) {
                byte[] oldRoot = Oracle.mth(leaves.subList(0, oldSize));
                List<byte[]> proof = oldSize == 0 ? List.of() : Oracle.proof(oldSize, leaves.subList(0, size));
                String which = "seed %d, %d to %d".formatted(Sample.SEED, oldSize, size);
                assertThat(Proofs.consistent(oldSize, oldRoot, size, root, proof))
                        .as(which)
                        .isTrue();
                for (List<byte[]> changed : changes(proof, random)) {
                    assertThat(Proofs.consistent(oldSize, oldRoot, size, root, changed))
                            .as(which)
                            .isFalse();
                }
                assertThat(Proofs.consistent(oldSize, Sample.flipped(oldRoot, random.nextInt(256)), size, root, proof))
                        .isFalse();
                if (oldSize > 0) {
                    assertThat(Proofs.consistent(
                                    oldSize, oldRoot, size, Sample.flipped(root, random.nextInt(256)), proof))
                            .isFalse();
                }
                if (oldSize < size) {
                    assertThat(Proofs.consistent(oldSize, root, size, oldRoot, proof))
                            .as("%s, swapped", which)
                            .isFalse();
                    assertThat(Proofs.consistent(size, oldRoot, oldSize, root, proof))
                            .isFalse();
                    assertThat(Proofs.consistent(size, root, oldSize, oldRoot, proof))
                            .isFalse();
                }
                for (int other = -1; other <= size; other++) {
                    if (other != oldSize) {
                        assertThat(Proofs.consistent(other, oldRoot, size, root, proof))
                                .as("%s, called %d", which, other)
                                .isFalse();
                    }
                }
            }
        }
    }

    @Test
    void shouldAnswerWhateverIsHandedIn() {
        byte[] hash = new byte[Merkle.HASH];
        List<byte[]> endless = Collections.nCopies(1_000_000, hash);
        List<byte[]> withNull = new ArrayList<>();
        withNull.add(null);
        for (long size : new long[] {Long.MIN_VALUE, -1, 0, 1, 2, Long.MAX_VALUE}) {
            for (long index : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
                for (List<byte[]> proof : List.of(endless, withNull, Collections.nCopies(64, hash))) {
                    assertThat(Proofs.included(hash, index, size, proof, hash)).isFalse();
                    assertThat(Proofs.consistent(index, hash, size, hash, proof))
                            .isFalse();
                }
            }
        }
        assertThat(Proofs.included(hash, 0, 0, List.of(), Merkle.emptyRoot())).isFalse();
    }

    /** A bit flipped in each hash, a hash dropped or added at each place, two swapped, one cut or longer. */
    private static List<List<byte[]>> changes(List<byte[]> proof, SplittableRandom random) {
        List<List<byte[]>> changes = new ArrayList<>();
        byte[] drawn = new byte[Merkle.HASH];
        random.nextBytes(drawn);
        for (int i = 0; i <= proof.size(); i++) {
            List<byte[]> added = new ArrayList<>(proof);
            added.add(i, drawn);
            changes.add(added);
        }
        for (int i = 0; i < proof.size(); i++) {
            for (byte[] hash : List.of(
                    Sample.flipped(proof.get(i), random.nextInt(256)), new byte[0], new byte[31], new byte[33])) {
                List<byte[]> changed = new ArrayList<>(proof);
                changed.set(i, hash);
                changes.add(changed);
            }
            List<byte[]> dropped = new ArrayList<>(proof);
            dropped.remove(i);
            changes.add(dropped);
            List<byte[]> twice = new ArrayList<>(proof);
            twice.add(i, proof.get(i));
            changes.add(twice);
        }
        for (int i = 1; i < proof.size(); i++) {
            List<byte[]> swapped = new ArrayList<>(proof);
            Collections.swap(swapped, i - 1, i);
            changes.add(swapped);
        }
        return changes;
    }

    private static List<byte[]> split(String proof) {
        return proof.isEmpty() ? List.of() : hashes(proof.split(" "));
    }

    private static List<byte[]> hashes(String... hex) {
        return Stream.of(hex).map(HexFormat.of()::parseHex).toList();
    }
}
