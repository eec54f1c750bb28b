// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles that somebody changed at random, with every hash made right again: whatever stands in a file, it is told in the
 * report or in a line, and is no fault of the program. Nothing that was changed passes.
 */
class BundleRandomizedTest {
    private static final List<String> ODD = List.of(
            "null",
            "-1",
            "\"\"",
            "[]",
            "{}",
            "9223372036854775807",
            "9223372036854775808",
            "1e999",
            "\"\\u0000\"",
            "true");

    @TempDir
    private Path dir;

    private static byte[] changed(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> copy = Arrays.copyOf(bytes, at);
            case 1 -> copy = new byte[0];
            case 2 -> {
                // A value of a JSON document becomes another one.
                List<MatchResult> values = Pattern.compile("(?<=: ?)(\"[^\"]*\"|-?\\d+|true|false|null)")
                        .matcher(text)
                        .results()
                        .toList();
                if (!values.isEmpty()) {
                    MatchResult value = values.get(random.nextInt(values.size()));
                    copy = (text.substring(0, value.start())
                                    + ODD.get(random.nextInt(ODD.size()))
                                    + text.substring(value.end()))
                            .getBytes(StandardCharsets.ISO_8859_1);
                }
            }
            case 3 -> {
                String line = text.substring(0, text.indexOf('\n') + 1);
                copy = (line + text).getBytes(StandardCharsets.ISO_8859_1);
            }
            default -> {
                for (int flips = 1 + random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
                    copy[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return copy;
    }

    @Test
    void shouldTakeNothingOddForRightAndFailAtNothing() throws IOException {
        long seed = Long.getLong("votelog.seed", System.nanoTime());
        System.out.println("BundleRandomizedTest with -Dvotelog.seed=" + seed);
        Random random = new Random(seed);
        TestVote vote = TestVote.honest(dir.resolve("vote"), seed);
        for (Path bundle : List.of(vote.bundle(), vote.bundle("--public"))) {
            for (int round = 0; round < 120; round++) {
                Forger forger = new Forger(bundle);
                List<String> paths = forger.files.keySet().stream()
                        .filter(path -> !path.equals(BundlePaths.SUMS) && !path.equals(BundlePaths.MANIFEST))
                        .toList();
                String path = paths.get(random.nextInt(paths.size()));
                byte[] before = forger.files.get(path);
                byte[] after = changed(before, random);
                if (Arrays.equals(before, after)) {
                    continue;
                }
                forger.put(path, after);
                if (path.startsWith("log/") && !path.endsWith("manifest.json") && random.nextBoolean()) {
                    forger.correctDump();
                }
                Path forged = forger.correct().pack(dir);
                CommandRun run = TestVote.verify(forged);
                Files.delete(forged);
                String what = "seed %d, round %d, %s: %s%s".formatted(seed, round, path, run.out(), run.err());
                assertThat(run.out() + run.err()).as(what).doesNotContain("fault of this program");
                // Nobody compares the times and headers of what is derived from votes, nor what manifests say of their
                // making.
                boolean compared = !path.endsWith("manifest.json")
                        && (!path.startsWith("log/") || path.startsWith("log/votelog.votes.v1"));
                if (compared) {
                    assertThat(run.exitCode()).as(what).isIn(1, 2, 3);
                }
            }
        }
    }
}
