// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.FileTrees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may become of a state directory that nobody uses at the moment. */
enum StateHarm {
    /** All of it is gone. */
    DELETED("is deleted") {
        @Override
        String on(Path state, Random random) throws IOException {
            FileTrees.delete(state);
            return "deleted";
        }
    },

    /** Some of its files are cut, or have other bytes in places. */
    TORN("is torn") {
        @Override
        String on(Path state, Random random) throws IOException {
            List<Path> files = new ArrayList<>(files(state));
            Collections.shuffle(files, random);
            List<Path> torn = files.subList(0, Math.min(files.size(), 1 + random.nextInt(3)));
            for (Path file : torn) {
                tear(file, random);
            }
            return torn.size() + " files torn";
        }
    },

    /** The files of one partition are put in the place of another's. */
    SWAPPED("has a partition's files in another's place") {
        @Override
        String on(Path state, Random random) throws IOException {
            List<Path> rows = new ArrayList<>(files(state).stream()
                    .filter(file -> ROWS.matcher(file.getFileName().toString()).matches())
                    .toList());
            if (rows.size() < 2) {
                return "no two partitions there";
            }
            Collections.shuffle(rows, random);
            swap(rows.get(0), rows.get(1));
            Path one = taskOf(rows.get(0));
            Path two = taskOf(rows.get(1));
            if (Files.isDirectory(one) && Files.isDirectory(two)) {
                swap(one, two);
            }
            return "%s and %s swapped".formatted(one.getFileName(), two.getFileName());
        }
    };

    /** The rows of a partition's voters: the store's name, the task's number, which ends with the partition. */
    private static final Pattern ROWS = Pattern.compile("[a-z-]+-(\\d+_\\d+)\\.rows");

    private static final int MOST_BYTES = 64;

    private final String what;

    StateHarm(String what) {
        this.what = what;
    }

    /** As the end of a sentence about the directory. */
    String what() {
        return what;
    }

    /** Does the harm; returns what was done. */
    abstract String on(Path state, Random random) throws IOException;

    /** Files with something in them, always in the same order. */
    private static List<Path> files(Path state) throws IOException {
        try (Stream<Path> all = Files.walk(state)) {
            List<Path> found = new ArrayList<>();
            for (Path file : (Iterable<Path>) all.sorted()::iterator) {
                if (Files.isRegularFile(file) && Files.size(file) > 0) {
                    found.add(file);
                }
            }
            return found;
        }
    }

    private static void tear(Path file, Random random) throws IOException {
        long size = Files.size(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (random.nextBoolean()) {
                channel.truncate(random.nextLong(size));
            } else {
                byte[] noise = new byte[1 + random.nextInt(MOST_BYTES)];
                random.nextBytes(noise);
                channel.write(ByteBuffer.wrap(noise), random.nextLong(size));
            }
        }
    }

    private static Path taskOf(Path rows) {
        String name = rows.getFileName().toString();
        return rows.resolveSibling(ROWS.matcher(name).replaceFirst("$1"));
    }

    private static void swap(Path one, Path two) throws IOException {
        Path aside = one.resolveSibling(one.getFileName() + ".aside");
        Files.move(one, aside);
        Files.move(two, one);
        Files.move(aside, two);
    }
}
