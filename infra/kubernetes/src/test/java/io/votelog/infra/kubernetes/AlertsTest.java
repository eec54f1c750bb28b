// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts in a cluster are those of infra/observability, and know the parts by the same label. */
class AlertsTest {
    private static final Path MONITORING = Place.ROOT.resolve("infra/kubernetes/components/monitoring");
    private static final Path OBSERVABILITY = Place.ROOT.resolve("infra/observability");

    private static final String HEAD =
            """
            # The alerts of infra/observability, as Prometheus' operator takes them. AlertsTest holds them to be the same, and writes them anew with
            # -Dvotelog.write=true.
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: votelog
            spec:
            """;

    @Test
    void shouldBeThoseOfObservability() throws IOException {
        String alerts = Files.readString(OBSERVABILITY.resolve("alerts.yml"));
        String expected = HEAD
                + alerts.substring(alerts.indexOf("groups:"))
                        .lines()
                        .map(line -> line.isEmpty() ? line : "  " + line)
                        .collect(Collectors.joining("\n", "", "\n"));
        Path rules = MONITORING.resolve("rules.yaml");
        if (Boolean.getBoolean("votelog.write")) {
            Files.writeString(rules, expected);
        }
        assertThat(rules).hasContent(expected);
    }

    @Test
    void partsShouldBeKnownByTheLabelsThatRulesName() throws IOException {
        Set<String> here = found("replacement: (votelog-.+)", MONITORING.resolve("pod-monitors.yaml"));
        assertThat(here).hasSize(3).isEqualTo(found("\"job\": \"(.+?)\"", OBSERVABILITY.resolve("targets.json")));
        assertThat(here).containsAll(found("job=\"(.+?)\"", OBSERVABILITY.resolve("alerts.yml")));
    }

    private static Set<String> found(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
