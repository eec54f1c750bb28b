// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.observe.PrometheusProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules are what Prometheus takes, fire when they should, and each has its runbook. */
class AlertRulesTest {
    private static final Path OBSERVABILITY =
            Path.of("../observability").toAbsolutePath().normalize();

    @TempDir
    Path dir;

    @Test
    void shouldBeWhatPrometheusTakes() throws Exception {
        promtool("check", "config", "prometheus.yml");
    }

    @Test
    void shouldFireWhenTheyShould() throws Exception {
        promtool("test", "rules", "alerts.test.yml");
    }

    @Test
    void eachShouldHaveATestARunbookAndAFault() throws IOException {
        Set<String> alerts = names("(?m)^      - alert: (\\w+)$", "alerts.yml");
        assertThat(alerts).hasSizeGreaterThan(20);
        assertThat(names("(?m)^  - name: (\\w+)$", "alerts.test.yml")).isEqualTo(alerts);
        assertThat(names("(?m)^## (Votelog\\w+)$", "RUNBOOKS.md")).isEqualTo(alerts);
        String readme = Files.readString(OBSERVABILITY.resolve("README.md"));
        assertThat(names("\\b(Votelog[A-Z]\\w+)", "README.md")).isEqualTo(alerts);
        assertThat(readme).contains("| %d rules;".formatted(alerts.size()));
    }

    @Test
    void eachShouldSayHowUrgentItIsWhatItIsAndWhereItsRunbookIs() throws IOException {
        List<MatchResult> rules = Pattern.compile(
                        "      - alert: (\\w+)\\n        expr: (?:.+\\n|>-\\n(?:          .+\\n)+)(?:        for: \\d+[sm]\\n)?        labels:\\n"
                                + "          severity: (?:page|ticket)\\n        annotations:\\n          summary: \"[A-Z{].+\"\\n"
                                + "          runbook: infra/observability/RUNBOOKS.md#(.+)\\n")
                .matcher(Files.readString(OBSERVABILITY.resolve("alerts.yml")))
                .results()
                .toList();
        assertThat(rules.stream().map(rule -> rule.group(1)).collect(Collectors.toSet()))
                .isEqualTo(names("- alert: (\\w+)", "alerts.yml"));
        assertThat(rules).allSatisfy(rule -> assertThat(rule.group(2))
                .isEqualTo(rule.group(1).toLowerCase(Locale.ROOT)));
    }

    private static Set<String> names(String pattern, String file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(OBSERVABILITY.resolve(file)))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void promtool(String... arguments) throws Exception {
        Optional<Path> promtool = PrometheusProcess.program()
                .map(prometheus -> prometheus.resolveSibling("promtool"))
                .filter(Files::isExecutable);
        assumeTrue(promtool.isPresent(), "no promtool is installed: Debian's package is prometheus");
        Path said = dir.resolve("said");
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(promtool.orElseThrow().toString()), Stream.of(arguments))
                                .toList())
                .directory(OBSERVABILITY.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0).as(Files.readString(said)).isTrue();
    }
}
