// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.auditor.tlog.TlogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the right edges of two trees tell of them. */
class TreeEdgeTest {
    private static final int WIDTH = 256;

    @TempDir
    private Path dir;

    private int trees;

    /** A tree of so many leaves, of which one is another one than usual; -1 changes none. */
    private TreeEdge edge(int size, int changed) {
        Path folder = dir.resolve("tree" + trees++);
        TileWriter writer = TileWriter.open(folder, 0);
        for (int i = 0; i < size; i++) {
            writer.append(new byte[] {(byte) (i >> 8), (byte) i, (byte) (i == changed ? 1 : 0)});
        }
        byte[] root = writer.flush();
        TreeEdge edge = new TlogReader(new FolderTiles(folder), size, root).rightEdge();
        assertThat(edge.root()).isEqualTo(root);
        return edge;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void shouldFindDifferencesAndNoneWhereThereIsNone(long seed) {
        Random random = new Random(seed);
        int large = 1 + random.nextInt(3_000);
        TreeEdge whole = edge(large, -1);
        for (int look = 0; look < 6; look++) {
            int small = random.nextInt(large);
            assertThat(whole.difference(edge(small, -1)))
                    .as("%d of %d", small, large)
                    .isEmpty();
            if (small == 0) {
                continue;
            }
            int changed = random.nextInt(small);
            OptionalLong found = whole.difference(edge(small, changed));
            boolean inFullTile = changed / WIDTH < small / WIDTH;
            boolean inSamePartialTile = small / WIDTH == large / WIDTH;
            if (inFullTile) {
                assertThat(found).as("leaf %d, %d of %d", changed, small, large).hasValue(changed / WIDTH * WIDTH);
            } else if (inSamePartialTile) {
                assertThat(found).as("leaf %d, %d of %d", changed, small, large).hasValue(changed);
            } else {
                assertThat(found).as("leaf %d, %d of %d", changed, small, large).isEmpty();
            }
        }
    }

    @Test
    void shouldBeOfItsSizeAlone() {
        TreeEdge edge = edge(700, -1);
        assertThat(new TreeEdge(700, edge.levels()).root()).isEqualTo(edge.root());
        for (long other : List.of(0L, 699L, 701L, 700L * 256, -1L)) {
            assertThatThrownBy(() -> new TreeEdge(other, edge.levels())).isInstanceOf(TlogException.class);
        }
        List<byte[]> few = new ArrayList<>(edge.levels());
        few.remove(1);
        assertThatThrownBy(() -> new TreeEdge(700, few)).isInstanceOf(TlogException.class);
        assertThatThrownBy(() -> edge.difference(edge)).isInstanceOf(IllegalArgumentException.class);
    }
}
