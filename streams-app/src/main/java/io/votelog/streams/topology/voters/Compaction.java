// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.voters;

import io.votelog.streams.topology.voters.RowFile.Newest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frees a file of rows from those that newer rows have superseded. However it ends, there is a whole file: the old one or the new one. */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);
    /** 64 MiB: smaller files are left as they are. */
    private static final long SMALL = 1L << 26;
    /** 48 GiB: a larger file, which comes near the bound of addresses, is compacted when fewer of its rows are superseded. */
    private static final long LARGE = RowIndex.MAX_ADDRESS / 4 * 3;

    private Compaction() {}

    /**
     * Whether compacting the file frees enough for what it costs.
     *
     * @param length of the file, in bytes
     * @param rows in the file
     * @param superseded of these rows
     */
    static boolean isDue(long length, long rows, long superseded) {
        return length > SMALL && superseded > rows / 2 || length > LARGE && superseded > rows / 8;
    }

    /** Where the new file is until it takes the place of the one at this path. A kill can leave it there. */
    static Path copyOf(Path path) {
        return path.resolveSibling(path.getFileName() + ".new");
    }

    /** Compacts the file at this path, or leaves it as it is where that fails: its disk must have room for both. {@code rows} is closed. */
    static void run(RowFile rows, Path path, Newest newest) throws IOException {
        Path compacted = copyOf(path);
        long before = rows.length();
        try (rows) {
            rows.copyNewest(compacted, newest);
            Files.move(compacted, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("{} is not compacted: {}", path, e.toString());
            Files.deleteIfExists(compacted);
            return;
        }
        LOG.info("{} is compacted from {} to {} bytes", path, before, Files.size(path));
        try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // Not every system syncs folders. Until the disk has the new name, a loss of power leaves the file of
            // before.
            LOG.debug("the folder of {} is not synced", path, e);
        }
    }
}
