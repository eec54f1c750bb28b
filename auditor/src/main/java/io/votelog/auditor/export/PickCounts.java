// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import io.votelog.rules.Picks;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Counts how often each set of options was chosen, also for more sets than fit into memory: counts are written to
 * sorted files, which are merged. In a file each set is stored as bits, the first option in the highest bit of the
 * first byte, followed by its count in 8 bytes, big-endian.
 */
final class PickCounts {
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private final String name;
    private final int width;
    private final TreeMap<byte[], long[]> counts = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Path> runs = new ArrayList<>();

    /**
     * @param folder that takes the files
     * @param name the beginning of the files' names
     * @param options the number of options of the ballot
     */
    PickCounts(Path folder, String name, int options) {
        this.folder = folder;
        this.name = name;
        this.width = width(options);
    }

    /** Takes a set of options and how often it was chosen. */
    interface SetConsumer {
        void accept(Picks picks, long count) throws IOException;
    }

    private static int width(int options) {
        return (options + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Counts a set once more; returns whether memory holds one more set for it. */
    boolean add(Picks picks) {
        return add(picks, 1);
    }

    /** Counts a set once less, which was counted before; returns whether memory holds one more set for it. */
    boolean remove(Picks picks) {
        return add(picks, -1);
    }

    private boolean add(Picks picks, int change) {
        byte[] bits = new byte[width];
        picks.forEach(option -> bits[option >> 3] |= (byte) (0x80 >> (option & 7)));
        int before = counts.size();
        counts.computeIfAbsent(bits, any -> new long[1])[0] += change;
        return counts.size() > before;
    }

    /** Writes the counts in memory to a file, and clears them. */
    void spill() throws IOException {
        if (counts.isEmpty()) {
            return;
        }
        Path run = folder.resolve("%s.%d.run".formatted(name, runs.size()));
        runs.add(run);
        try (DataOutputStream out = out(run)) {
            for (Map.Entry<byte[], long[]> entry : counts.entrySet()) {
                put(out, entry.getKey(), entry.getValue()[0]);
            }
        }
        counts.clear();
    }

    /** Merges all counts into one sorted file, and clears them. */
    void finish(Path file) throws IOException {
        spill();
        try (DataOutputStream out = out(file)) {
            mergeBits(runs, width, (bits, count) -> put(out, bits, count));
        }
        for (Path run : runs) {
            Files.delete(run);
        }
        runs.clear();
    }

    /**
     * Merges several such files: passes each set once, with its count over all files, in an order that depends on the
     * sets alone.
     */
    static void merge(List<Path> files, int options, SetConsumer reader) throws IOException {
        mergeBits(files, width(options), (bits, count) -> {
            List<Integer> picked = new ArrayList<>();
            for (int option = 0; option < options; option++) {
                if ((bits[option >> 3] & 0x80 >> (option & 7)) != 0) {
                    picked.add(option);
                }
            }
            reader.accept(Picks.of(picked.stream().mapToInt(Integer::intValue).toArray()), count);
        });
    }

    private interface BitsReader {
        void accept(byte[] bits, long count) throws IOException;
    }

    private static void mergeBits(List<Path> files, int width, BitsReader reader) throws IOException {
        PriorityQueue<Run> queue = new PriorityQueue<>(Comparator.comparing(run -> run.bits, Arrays::compareUnsigned));
        List<Run> open = new ArrayList<>();
        try {
            for (Path file : files) {
                Run run = new Run(file, width);
                open.add(run);
                if (run.next()) {
                    queue.add(run);
                }
            }
            while (!queue.isEmpty()) {
                byte[] bits = queue.element().bits;
                long count = 0;
                while (!queue.isEmpty() && Arrays.equals(queue.element().bits, bits)) {
                    Run run = queue.remove();
                    count += run.count;
                    if (run.next()) {
                        queue.add(run);
                    }
                }
                // A set has no votes left when all of its votes were annulled.
                if (count != 0) {
                    reader.accept(bits, count);
                }
            }
        } finally {
            for (Run run : open) {
                run.in.close();
            }
        }
    }

    private static final class Run {
        private final DataInputStream in;
        private long left;
        private byte[] bits;
        private long count;

        Run(Path file, int width) throws IOException {
            left = Files.size(file) / (width + Long.BYTES);
            bits = new byte[width];
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
        }

        boolean next() throws IOException {
            if (left-- == 0) {
                return false;
            }
            bits = in.readNBytes(bits.length);
            count = in.readLong();
            return true;
        }
    }

    private static DataOutputStream out(Path file) throws IOException {
        return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
    }

    private static void put(DataOutputStream out, byte[] bits, long count) throws IOException {
        out.write(bits);
        out.writeLong(count);
    }
}
