// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.tlog.Oracle;
import io.votelog.auditor.tlog.Sample;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.hash.Merkle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileWriterTest {
    @TempDir
    private Path temporary;

    private static void append(TileWriter writer, List<byte[]> entries, int to) {
        while (writer.size() < to) {
            writer.append(entries.get((int) writer.size()));
        }
    }

    /** Every file below a folder. */
    private static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.filter(Files::isRegularFile).forEach(path -> {
                try {
                    files.put(folder.relativize(path).toString(), Files.readAllBytes(path));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return files;
    }

    private Path oneRun(List<byte[]> entries, int size) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "one");
        TileWriter writer = TileWriter.open(folder, 0);
        append(writer, entries, size);
        writer.flush();
        return folder;
    }

    @Test
    void shouldHaveTheRootOfEachSize() {
        List<byte[]> entries = Sample.entries(300);
        Oracle oracle = new Oracle(entries);
        TileWriter writer = TileWriter.open(temporary, 0);
        assertThat(writer.root()).isEqualTo(Merkle.emptyRoot());
        for (int size = 1; size <= entries.size(); size++) {
            writer.append(entries.get(size - 1));
            assertThat(writer.size()).isEqualTo(size);
            assertThat(writer.root()).as("size %d", size).isEqualTo(oracle.mth(size));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 65_537, 66_000})
    void shouldHaveTheRootAroundAFullTileOfTiles(int size) {
        List<byte[]> entries = Sample.entries(size);
        TileWriter writer = TileWriter.open(temporary, 0);
        append(writer, entries, size);
        assertThat(writer.flush()).isEqualTo(Oracle.mth(entries));
        assertThat(TileWriter.open(temporary, size).root()).isEqualTo(Oracle.mth(entries));
    }

    /** The example of c2sp.org/tlog-tiles. */
    @Test
    void shouldWriteTheFilesThatTheSpecificationNames() throws IOException {
        Path folder = oneRun(Sample.entries(70_000), 70_000);
        Map<String, byte[]> files = files(folder);
        assertThat(files.keySet().stream().filter(path -> path.matches("tile/0/[0-9]{3}")))
                .hasSize(273);
        assertThat(files.keySet().stream().filter(path -> path.matches("tile/entries/[0-9]{3}")))
                .hasSize(273);
        assertThat(files).hasSize(273 * 2 + 5);
        assertThat(files.get("tile/0/273.p/112")).hasSize(112 * 32);
        assertThat(files).containsKey("tile/entries/273.p/112");
        assertThat(files.get("tile/1/000")).hasSize(8192);
        assertThat(files.get("tile/1/001.p/17")).hasSize(17 * 32);
        assertThat(files.get("tile/2/000.p/1")).hasSize(32);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1234067 256 tile/0/x001/x234/067",
                "0 1 tile/0/000.p/1",
                "999 256 tile/0/999",
                "1000 255 tile/0/x001/000.p/255",
                "281474976710655 256 tile/0/x281/x474/x976/x710/655"
            })
    void shouldNameTilesAsTheSpecificationDoes(String line) {
        String[] words = line.split(" ");
        assertThat(TilePath.tile(0, Long.parseLong(words[0]), Integer.parseInt(words[1])))
                .isEqualTo(words[2]);
    }

    @Test
    void shouldStoreEachEntryBehindItsLength() throws IOException {
        TileWriter writer = TileWriter.open(temporary, 0);
        writer.append(new byte[0]);
        writer.append(new byte[] {1, 2, 3});
        writer.append(new byte[65_535]);
        writer.flush();
        byte[] bundle = Files.readAllBytes(temporary.resolve("tile/entries/000.p/3"));
        assertThat(bundle).hasSize(2 + 5 + 2 + 65_535).startsWith(0, 0, 0, 3, 1, 2, 3, 0xFF, 0xFF, 0);
        assertThatThrownBy(() -> writer.append(new byte[65_536]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
        assertThat(writer.size()).isEqualTo(3);
        assertThat(TileWriter.open(temporary, 3).root()).isEqualTo(writer.root());
    }

    @Test
    void shouldWriteNothingWithoutEntries() throws IOException {
        TileWriter writer = TileWriter.open(temporary.resolve("log"), 0);
        assertThat(writer.flush()).isEqualTo(Merkle.emptyRoot());
        assertThat(temporary.resolve("log")).doesNotExist();
    }

    @Test
    void shouldGoOnWhereItStopped() throws IOException {
        List<byte[]> entries = Sample.entries(600);
        Map<String, byte[]> once = files(oneRun(entries, 600));
        for (int size : new int[] {0, 1, 2, 100, 254, 255, 256, 257, 258, 400, 511, 512, 513, 599, 600}) {
            Path folder = oneRun(entries, size);
            TileWriter writer = TileWriter.open(folder, size);
            assertThat(writer.size()).isEqualTo(size);
            append(writer, entries, 600);
            writer.flush();
            Map<String, byte[]> twice = files(folder);
            // The partial tiles of the first size may stand where no full one does yet.
            assertThat(twice.keySet()).containsAll(once.keySet());
            once.forEach((path, bytes) -> assertThat(twice.get(path)).as(path).isEqualTo(bytes));
        }
    }

    /**
     * Runs die with tiles beyond the last size that was signed, some of them half written; the next one signs other entries. At
     * the end the folder is that of a log without deaths.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldLeaveNoTraceOfRunsThatDied(long salt) throws IOException {
        long seed = Sample.SEED + salt;
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> entries = Sample.entries(65_536);
        Oracle oracle = new Oracle(entries);
        List<byte[]> others = new ArrayList<>(entries);
        Collections.reverse(others);
        Path folder = Files.createTempDirectory(temporary, "died");
        int signed = 0;
        while (signed < 65_536) {
            TileWriter died = TileWriter.open(folder, signed);
            int reached = Math.min(65_536, signed + random.nextInt(20_000));
            append(died, others, reached);
            died.flush();
            leaveHalfWritten(folder, random);

            TileWriter writer = TileWriter.open(folder, signed);
            int next = Math.min(65_536, signed + 1 + random.nextInt(15_000));
            append(writer, entries, next);
            assertThat(writer.flush()).as("seed %d", seed).isEqualTo(oracle.mth(next));
            signed = next;
        }
        Map<String, byte[]> once = files(oneRun(entries, 65_536));
        Map<String, byte[]> died = files(folder);
        died.keySet().removeIf(path -> path.endsWith(".new"));
        assertThat(died.keySet()).as("seed %d", seed).isEqualTo(once.keySet());
        once.forEach((path, bytes) ->
                assertThat(died.get(path)).as("seed %d, %s", seed, path).isEqualTo(bytes));
    }

    private static void leaveHalfWritten(Path folder, SplittableRandom random) throws IOException {
        Path leftover = folder.resolve(TilePath.tile(0, random.nextInt(256), 256) + ".new");
        Files.createDirectories(leftover.getParent());
        Files.write(leftover, new byte[random.nextInt(9000)]);
    }

    @Test
    void shouldGoOnFromTheFullTileWhereThePartialOneIsGone() throws IOException {
        List<byte[]> entries = Sample.entries(70_000);
        Oracle oracle = new Oracle(entries);
        Path folder = oneRun(entries, 70_000);
        for (int size : new int[] {1, 100, 255, 257, 65_000, 65_535, 65_537}) {
            TileWriter writer = TileWriter.open(folder, size);
            assertThat(writer.root()).as("size %d", size).isEqualTo(oracle.mth(size));
        }
    }

    @Test
    void shouldKeepPartialTilesUntilTheFullOneStands() {
        List<byte[]> entries = Sample.entries(300);
        TileWriter writer = TileWriter.open(temporary, 0);
        for (int size : new int[] {100, 200, 255}) {
            append(writer, entries, size);
            writer.flush();
        }
        assertThat(temporary.resolve("tile/0/000.p")).isDirectoryContaining("glob:**/100");
        assertThat(temporary.resolve("tile/entries/000.p")).isDirectoryContaining("glob:**/200");
        append(writer, entries, 256);
        writer.flush();
        assertThat(temporary.resolve("tile/0/000.p")).doesNotExist();
        assertThat(temporary.resolve("tile/entries/000.p")).doesNotExist();
        assertThat(temporary.resolve("tile/0/000")).hasSize(8192);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"})
    void shouldNotGoOnFromARightEdgeThatIsDamaged(String path) throws IOException {
        Path file = oneRun(Sample.entries(70_000), 70_000).resolve(path);
        Path folder = file.getParent().getParent().getParent().getParent();
        byte[] bytes = Files.readAllBytes(file);
        // The last bytes: of a tile they are of the last hash, which stands in for the last full tile below.
        Files.write(file, Sample.flipped(bytes, bytes.length * 8 - 1));
        assertThatThrownBy(() -> TileWriter.open(folder, 70_000))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(path);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> TileWriter.open(folder, 70_000))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(path);
        Files.delete(file);
        assertThatThrownBy(() -> TileWriter.open(folder, 70_000))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining(path);
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThatThrownBy(() -> TileWriter.open(temporary, 300))
                .isInstanceOf(TlogException.class)
                .hasMessageContaining("tile/0/001.p/44 is missing");
        assertThatThrownBy(() -> TileWriter.open(temporary, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTryAgainWhatCouldNotBeWritten() throws IOException {
        List<byte[]> entries = Sample.entries(300);
        Path folder = temporary.resolve("log");
        Files.createFile(folder);
        TileWriter writer = TileWriter.open(folder, 0);
        append(writer, entries, 300);
        assertThatThrownBy(writer::flush).isInstanceOf(TlogException.class).hasMessageContaining("log");
        Files.delete(folder);
        assertThat(writer.flush()).isEqualTo(Oracle.mth(entries));
        assertThat(TileWriter.open(folder, 300).root()).isEqualTo(Oracle.mth(entries));
    }
}
