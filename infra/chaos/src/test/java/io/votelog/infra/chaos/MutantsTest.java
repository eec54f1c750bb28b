// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code infra/chaos/mutants/run} takes minutes, so it is no part of the build. That there is something for it to run is checked here: each
 * mutant still fits the code, and each check that must find one is there.
 */
final class MutantsTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path MUTANTS = Path.of("mutants");
    private static final Pattern HUNK = Pattern.compile("@@ -\\d+(?:,(\\d+))? \\+\\d+(?:,(\\d+))? @@.*");
    private static final Pattern ROW = Pattern.compile(
            "\\| +(?:`([a-z-]+)`)? *\\| *(.*?) *\\| `([a-z/-]+)` `(\\w+)` (\\w+) \\| [^|]* \\| [^|]* \\|");

    /** A line of checks.txt. */
    private record Check(String mutant, String module, String test, String method) {}

    /**
     * What a patch takes out of a file, with what stands around it, and what it puts there.
     *
     * @param before text of the file as it is
     * @param after text of the file as it is with the mutant
     */
    private record Hunk(Path file, String before, String after) {}

    static List<Path> patches() throws IOException {
        try (Stream<Path> files = Files.list(MUTANTS)) {
            return files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("patches")
    void shouldFitTheCode(Path patch) {
        List<String> lines = text(patch).lines().toList();
        assertThat(lines.get(0)).as("what is broken").matches("# [A-Z].*\\.");
        List<Hunk> hunks = hunks(lines);
        assertThat(hunks).isNotEmpty().allSatisfy(hunk -> {
            assertThat(hunk.file().toString()).contains("src/main/java");
            String code = text(ROOT.resolve(hunk.file()));
            assertThat(code).contains(hunk.before()).doesNotContain(hunk.after());
            assertThat(code.indexOf(hunk.before())).isEqualTo(code.lastIndexOf(hunk.before()));
        });
    }

    @Test
    void shouldEachHaveACheckThatIsThere() throws IOException {
        List<Check> checks = checks();
        assertThat(checks.stream().map(Check::mutant).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        patches().stream().map(MutantsTest::name).toList());
        assertThat(checks).doesNotHaveDuplicates().allSatisfy(check -> {
            Path tests = ROOT.resolve(check.module()).resolve("src/test/java");
            try (Stream<Path> files = Files.walk(tests)) {
                assertThat(files.filter(file -> file.endsWith(check.test() + ".java")))
                        .singleElement()
                        .satisfies(file -> assertThat(text(file)).contains("void " + check.method() + "("));
            }
        });
    }

    /** The figures in the table are those of a run; what was run is what there is. */
    @Test
    void shouldStandInTheTableOfTheReadme() {
        List<Check> told = new ArrayList<>();
        String mutant = "";
        for (String line : text(Path.of("README.md")).lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                if (row.group(1) != null) {
                    mutant = row.group(1);
                    assertThat("# " + row.group(2))
                            .isEqualTo(text(MUTANTS.resolve(mutant + ".patch"))
                                    .lines()
                                    .findFirst()
                                    .orElseThrow());
                }
                told.add(new Check(mutant, row.group(3), row.group(4), row.group(5)));
            }
        }
        assertThat(told).isEqualTo(checks());
    }

    private static List<Check> checks() {
        return text(MUTANTS.resolve("checks.txt"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> {
                    assertThat(line).matches("[a-z-]+ +[a-z/-]+ +\\w+(Test|IT)#\\w+ +[1-9]\\d*");
                    String[] words = line.split("[ #]+");
                    return new Check(words[0], words[1], words[2], words[3]);
                })
                .toList();
    }

    private static List<Hunk> hunks(List<String> patch) {
        List<Hunk> hunks = new ArrayList<>();
        Path file = Path.of("");
        for (int at = 0; at < patch.size(); at++) {
            String line = patch.get(at);
            Matcher hunk = HUNK.matcher(line);
            if (line.startsWith("+++ b/")) {
                file = Path.of(line.substring("+++ b/".length()));
            } else if (hunk.matches()) {
                StringBuilder before = new StringBuilder();
                StringBuilder after = new StringBuilder();
                int left = length(hunk.group(1));
                int leftAfter = length(hunk.group(2));
                while (left > 0 || leftAfter > 0) {
                    at++;
                    char kind = patch.get(at).charAt(0);
                    String text = patch.get(at).substring(1) + "\n";
                    if (kind != '+') {
                        before.append(text);
                        left--;
                    }
                    if (kind != '-') {
                        after.append(text);
                        leftAfter--;
                    }
                }
                assertThat(left).as(line).isEqualTo(leftAfter);
                hunks.add(new Hunk(file, before.toString(), after.toString()));
            }
        }
        return hunks;
    }

    private static int length(String lines) {
        return lines == null ? 1 : Integer.parseInt(lines);
    }

    private static String name(Path patch) {
        return patch.getFileName().toString().replace(".patch", "");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
