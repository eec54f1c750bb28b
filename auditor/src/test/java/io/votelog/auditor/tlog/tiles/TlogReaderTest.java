// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteSigner;
import io.votelog.auditor.tlog.Oracle;
import io.votelog.auditor.tlog.Proofs;
import io.votelog.auditor.tlog.Sample;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.schemas.hash.Merkle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlogReaderTest {
    private static final int SMALL = 700;
    private static final int LARGE = 70_000;

    @TempDir
    private static Path small;

    @TempDir
    private static Path large;

    private static final List<byte[]> ENTRIES = Sample.entries(LARGE);
    private static final Oracle ORACLE = new Oracle(ENTRIES);

    @BeforeAll
    static void writeLogs() {
        write(small, SMALL, 1);
        // So that there are partial tiles for the sizes that are looked at.
        TileWriter writer = TileWriter.open(large, 0);
        for (int size : new int[] {65_535, 65_536, 65_537, LARGE}) {
            append(writer, size);
        }
    }

    private static void write(Path folder, int size, int step) {
        TileWriter writer = TileWriter.open(folder, 0);
        for (int next = step; next <= size; next += step) {
            append(writer, next);
        }
    }

    private static void append(TileWriter writer, int size) {
        while (writer.size() < size) {
            writer.append(ENTRIES.get((int) writer.size()));
        }
        writer.flush();
    }

    private static TlogReader reader(TileSource source, int size) {
        return new TlogReader(source, size, ORACLE.mth(size));
    }

    /** The log has grown since: partial tiles of most sizes are gone, and are parts of full ones. */
    @Test
    void shouldProveWhatTheRfcDefinesForEachSize() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        Merkle merkle = new Merkle();
        for (int size = 0; size <= 300; size++) {
            List<byte[]> leaves = ENTRIES.subList(0, size);
            TlogReader reader = reader(new FolderTiles(small), size);
            reader.check(0);
            byte[] root = ORACLE.mth(size);
            for (int index = 0; index < size; index += size <= 40 ? 1 : 1 + random.nextInt(12)) {
                List<byte[]> proof = reader.inclusion(index);
                assertThat(Proofs.included(merkle.leaf(leaves.get(index)), index, size, proof, root))
                        .isTrue();
                if (size <= 40 || random.nextInt(60) == 0) {
                    assertThat(proof)
                            .as("seed %d, leaf %d of %d", Sample.SEED, index, size)
                            .usingElementComparator(Arrays::compare)
                            .containsExactlyElementsOf(ORACLE.path(index, size));
                }
            }
            assertThat(reader.consistency(0)).isEmpty();
            for (int oldSize = 1; oldSize <= size; oldSize++) {
                if (size <= 40 || random.nextInt(60) == 0) {
                    String which = "seed %d, %d to %d".formatted(Sample.SEED, oldSize, size);
                    byte[] oldRoot = ORACLE.mth(oldSize);
                    assertThat(reader.root(oldSize)).as(which).isEqualTo(oldRoot);
                    List<byte[]> proof = reader.consistency(oldSize);
                    assertThat(proof)
                            .as(which)
                            .usingElementComparator(Arrays::compare)
                            .containsExactlyElementsOf(ORACLE.proof(oldSize, size));
                    assertThat(Proofs.consistent(oldSize, oldRoot, size, root, proof))
                            .as(which)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 65_537, LARGE})
    void shouldProveWhatTheRfcDefinesAroundAFullTileOfTiles(int size) {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        List<byte[]> leaves = ENTRIES.subList(0, size);
        TlogReader reader = reader(new FolderTiles(large), size);
        reader.check(0);
        List<Integer> places = new ArrayList<>(List.of(1, 255, 256, 257, 65_279, 65_280, 65_281, 65_534, size - 1));
        for (int i = 0; i < 4; i++) {
            places.add(1 + random.nextInt(size - 1));
        }
        for (int place : places) {
            assertThat(reader.inclusion(place))
                    .as("leaf %d of %d", place, size)
                    .usingElementComparator(Arrays::compare)
                    .containsExactlyElementsOf(ORACLE.path(place, size));
            assertThat(reader.consistency(place))
                    .as("%d to %d", place, size)
                    .usingElementComparator(Arrays::compare)
                    .containsExactlyElementsOf(ORACLE.proof(place, size));
            assertThat(reader.entry(place)).isEqualTo(leaves.get(place));
            assertThat(reader.leafHash(place)).isEqualTo(new Merkle().leaf(leaves.get(place)));
        }
    }

    @Test
    void shouldReadEntriesInTheirOrder() {
        TlogReader reader = reader(new FolderTiles(large), LARGE);
        for (int[] range :
                new int[][] {{0, 0}, {0, 1}, {255, 257}, {3, 1000}, {69_000, LARGE}, {LARGE, LARGE}, {0, LARGE}}) {
            int[] next = {range[0]};
            reader.entries(range[0], range[1], (index, entry) -> {
                if (index != next[0]++ || !Arrays.equals(entry, ENTRIES.get((int) index))) {
                    fail("not entry " + (next[0] - 1));
                }
            });
            assertThat(next[0]).isEqualTo(range[1]);
        }
    }

    /** A source that has other bytes in some places. */
    private record Changed(TileSource source, Map<String, byte[]> changes) implements TileSource {
        @Override
        public byte[] read(String path) {
            return changes.containsKey(path) ? changes.get(path) : source.read(path);
        }
    }

    private static List<String> tilePaths(int size) {
        List<String> paths = new ArrayList<>();
        for (int level = 0; level < TilePath.levels(size); level++) {
            long full = TilePath.fullTiles(level, size);
            for (long index = 0; index < full; index++) {
                paths.add(TilePath.tile(level, index, 256));
            }
            if (TilePath.partialWidth(level, size) > 0) {
                paths.add(TilePath.tile(level, full, TilePath.partialWidth(level, size)));
            }
        }
        return paths;
    }

    @Test
    void shouldNameTheTileInWhichABitIsFlipped() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        FolderTiles source = new FolderTiles(large);
        List<String> paths = tilePaths(LARGE);
        assertThat(paths)
                .contains("tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1")
                .hasSize(277);
        byte[] root = ORACLE.mth(LARGE);
        for (String path : paths) {
            if (path.startsWith("tile/0/") && random.nextInt(8) > 0 && !path.contains(".p")) {
                continue;
            }
            byte[] tile = source.read(path);
            byte[] flipped = Sample.flipped(tile, random.nextInt(tile.length * 8));
            TlogReader reader = new TlogReader(new Changed(source, Map.of(path, flipped)), LARGE, root);
            assertThatThrownBy(() -> reader.check(0))
                    .as("seed %d, %s", Sample.SEED, path)
                    .isInstanceOf(TlogException.class)
                    .hasMessageStartingWith(path);
        }
    }

    @Test
    void shouldNameTheBundleInWhichABitIsFlipped() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        FolderTiles source = new FolderTiles(small);
        byte[] root = ORACLE.mth(SMALL);
        for (String path : List.of("tile/entries/000", "tile/entries/001", "tile/entries/002.p/188")) {
            byte[] bundle = source.read(path);
            for (int i = 0; i < 200; i++) {
                int bit = random.nextInt(bundle.length * 8);
                TlogReader reader =
                        new TlogReader(new Changed(source, Map.of(path, Sample.flipped(bundle, bit))), SMALL, root);
                reader.check(0);
                assertThatThrownBy(() -> reader.entries(0, SMALL, (index, entry) -> {}))
                        .as("seed %d, bit %d of %s", Sample.SEED, bit, path)
                        .isInstanceOf(TlogException.class)
                        .hasMessageContaining(path);
            }
        }
    }

    @Test
    void shouldNameWhatIsMissingOrOfAnotherLength() {
        FolderTiles source = new FolderTiles(small);
        for (String path : tilePaths(SMALL)) {
            Map<String, byte[]> missing = new HashMap<>();
            missing.put(path, null);
            byte[] tile = source.read(path);
            for (Map<String, byte[]> change :
                    List.of(missing, Map.of(path, new byte[0]), Map.of(path, Arrays.copyOf(tile, tile.length + 1)))) {
                TlogReader reader = reader(new Changed(source, change), SMALL);
                assertThatThrownBy(() -> reader.check(0))
                        .isInstanceOf(TlogException.class)
                        .hasMessageStartingWith(path);
            }
        }
        Map<String, byte[]> missing = new HashMap<>();
        missing.put("tile/entries/001", null);
        assertThatThrownBy(() -> reader(new Changed(source, missing), SMALL).entries(0, SMALL, (index, entry) -> {}))
                .isInstanceOf(TlogException.class)
                .hasMessageStartingWith("tile/entries/001 is missing");
    }

    /** A proof is made of tiles that were believed, and so a lie in one that it needs is no proof at all. */
    @Test
    void shouldMakeNoProofOfTilesThatAreNotTheRoots() {
        SplittableRandom random = new SplittableRandom(Sample.SEED);
        FolderTiles source = new FolderTiles(large);
        byte[] tile = source.read("tile/0/007");
        byte[] flipped = Sample.flipped(tile, random.nextInt(tile.length * 8));
        TlogReader reader = reader(new Changed(source, Map.of("tile/0/007", flipped)), LARGE);
        for (int index : new int[] {7 * 256, 7 * 256 + 100, 7 * 256 + 255}) {
            assertThatThrownBy(() -> reader.inclusion(index))
                    .isInstanceOf(TlogException.class)
                    .hasMessageStartingWith("tile/0/007 ");
            assertThatThrownBy(() -> reader.leafHash(index)).isInstanceOf(TlogException.class);
            assertThatThrownBy(() -> reader.entry(index)).isInstanceOf(TlogException.class);
        }
        assertThatThrownBy(() -> reader.consistency(7 * 256 + 100)).isInstanceOf(TlogException.class);
        assertThat(reader.inclusion(8 * 256)).isNotEmpty();
    }

    @Test
    void shouldBelieveNoLogOfAnotherRoot() {
        TlogReader reader = new TlogReader(new FolderTiles(small), SMALL, ORACLE.mth(SMALL - 1));
        assertThatThrownBy(() -> reader.check(0))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("tile/0/002.p/188, tile/1/000.p/2")
                .hasMessageContaining(StrictEncoding.base64(ORACLE.mth(SMALL - 1)));
        assertThatThrownBy(() -> reader.inclusion(0)).isInstanceOf(TlogException.class);
        assertThatThrownBy(() -> new TlogReader(new FolderTiles(small), 0, new byte[32]).check(0))
                .isInstanceOf(TlogException.class);
    }

    @Test
    void shouldRefuseWhatTheLogDoesNotHave() {
        TlogReader reader = reader(new FolderTiles(small), SMALL);
        assertThatThrownBy(() -> reader.entry(SMALL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.leafHash(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.inclusion(SMALL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.consistency(SMALL + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.root(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.entries(1, SMALL + 1, (index, entry) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.entries(2, 1, (index, entry) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlogReader(new FolderTiles(small), -1, new byte[32]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKeepAProofInATextThatIsReadAgain() {
        NoteSigner signer = NoteSigner.generate("example.com/log");
        TlogReader reader = reader(new FolderTiles(small), SMALL);
        String text = new Checkpoint("example.com/log", SMALL, reader.root(SMALL)).text();
        SignedNote checkpoint = new SignedNote(text, List.of()).with(signer.sign(text));
        Merkle merkle = new Merkle();
        for (int index : new int[] {0, 255, 256, SMALL - 1}) {
            TlogProof proof = new TlogProof(Optional.empty(), index, reader.inclusion(index), checkpoint);
            TlogProof read = TlogProof.parse(proof.text());
            assertThat(read).isEqualTo(proof);
            assertThat(read.includes(merkle.leaf(ENTRIES.get(index)))).isTrue();
            assertThat(read.includes(merkle.leaf(ENTRIES.get(index + 1)))).isFalse();
            assertThat(read.checkpoint().signedBy(signer.verifier())).isTrue();
            assertThat(read.extra()).isEmpty();
        }
        TlogProof extra = new TlogProof(Optional.of(new byte[] {1, 2}), 3, List.of(), checkpoint);
        assertThat(extra.text()).startsWith("c2sp.org/tlog-proof@v1\nextra AQI=\nindex 3\n\nexample.com/log\n");
        assertThat(TlogProof.parse(extra.text()).extra().orElseThrow()).containsExactly(1, 2);
    }
}
