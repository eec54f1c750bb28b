// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.testing.Python;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The numbered commands of a bundle's text, run in a shell. */
final class StrangersShell {
    private static final Pattern SHELL = Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final Path dir;
    private final Path mine;

    StrangersShell(Path dir, Path mine) {
        assumeTrue(Python.isHere("the commands of CHECKS.md"));
        for (String tool : List.of("unzip", "sha256sum", "openssl")) {
            boolean here = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
            if (!here) {
                System.out.println("the commands of CHECKS.md skipped: no %s in the PATH".formatted(tool));
            }
            assumeTrue(here);
        }
        this.dir = dir;
        this.mine = mine;
    }

    /** The numbers of the checks that failed. */
    List<Integer> run(Path bundle) throws Exception {
        Path unpacked = Files.createTempDirectory(dir, "stranger").resolve("bundle");
        Path said = unpacked.resolveSibling("said-all");
        assertThat(sh("unzip -q '%s' -d '%s'".formatted(bundle, unpacked), dir, said))
                .isZero();
        String[] checks = Files.readString(unpacked.resolve(BundlePaths.CHECKS)).split("(?m)^## ");
        List<Integer> failed = new ArrayList<>();
        for (String check : checks) {
            String script =
                    SHELL.matcher(check).results().map(block -> block.group(1)).reduce("", String::concat);
            if (!script.isEmpty() && sh("set -e\n" + script, unpacked, said) != 0) {
                failed.add(Integer.valueOf(check.substring(0, check.indexOf('.'))));
                System.out.println("check " + check.substring(0, 40) + ": " + Files.readString(said));
            }
        }
        return failed;
    }

    private int sh(String script, Path folder, Path said) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script).directory(folder.toFile());
        shell.environment().put("MINE", mine.toString());
        shell.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process process = shell.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }
}
