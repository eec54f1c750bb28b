package io.votelog.auditor.tlog;

/**
 * One tile's name (C2SP tlog-tiles).
 *
 * @param level from 0 on; {@link #ENTRIES} for a bundle of entries
 * @param number of the tile within its level
 * @param width 1 to 256 hashes
 */
record Tile(int level, long number, int width) {
    static final int FULL = 256;
    static final int BITS = 8;
    static final int ENTRIES = -1;

    /** The tile with this number in a tree of this size; its width is 0 or less where there is none. */
    static Tile of(int level, long number, long size) {
        long hashes = level == ENTRIES ? size : hashes(level, size);
        return new Tile(level, number, (int) Math.max(0, Math.min(FULL, hashes - number * FULL)));
    }

    /** How many hashes a level has in a tree of this size. */
    static long hashes(int level, long size) {
        int shift = level * BITS;
        return shift >= Long.SIZE ? 0 : size >> shift;
    }

    boolean full() {
        return width == FULL;
    }

    /** The whole tile of which this one may be a part. */
    Tile whole() {
        return new Tile(level, number, FULL);
    }

    String path() {
        StringBuilder path = new StringBuilder("%03d".formatted(number % 1000));
        for (long rest = number / 1000; rest > 0; rest /= 1000) {
            path.insert(0, "x%03d/".formatted(rest % 1000));
        }
        path.insert(0, level == ENTRIES ? "tile/entries/" : "tile/%d/".formatted(level));
        return full() ? path.toString() : path.append(".p/").append(width).toString();
    }
}
