// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.WholeSystem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The table of metrics in infra/operations is what gateway, streams-app and sealer of a running system tell, name by name, with types and labels. */
@WholeSystem
class MetricsIT {
    private static final Path TABLE = Path.of("../operations/METRICS.md");
    private static final Map<String, Integer> PORTS = Map.of("gateway", 9080, "streams-app", 9081, "sealer", 9084);
    private static final Pattern ROW =
            Pattern.compile("\\| `(votelog_[a-z_]+)` \\| ([a-z]+) \\| ([a-z, ]*) ?\\| ([a-z, -]+) \\| .+ \\|");
    private static final Pattern TYPE = Pattern.compile("# TYPE (votelog_[a-z_]+) ([a-z]+)");
    private static final Pattern SAMPLE = Pattern.compile("(votelog_[a-z_]+)(\\{(.*)\\})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    /** What Prometheus makes of a histogram. */
    private static final Pattern PART = Pattern.compile("_(bucket|sum|count)$");

    @TempDir
    static Path dir;

    @Test
    void theTableShouldBeWhatIsTold() throws Exception {
        Running up = Running.start(dir);
        try {
            up.awaitReady();
            JsonNode vote = up.vote("ada", "01", "25");
            up.receipt(vote);
            up.receipt(up.vote("ada", "02", "26"));
            up.voteWith("no-token", 401, "01", "25");
            up.awaitProof(vote);
            Map<String, String> described = described();
            assertThat(described).hasSizeGreaterThan(40);
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(told(up))
                    .as("metric by metric: type, labels, and the programs that tell it")
                    .containsExactlyEntriesOf(described));
        } finally {
            up.kill();
        }
    }

    private static Map<String, String> described() throws IOException {
        Map<String, String> described = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                described.put(row.group(1), shape(row.group(2), words(row.group(3)), words(row.group(4))));
            }
        }
        return described;
    }

    private static Map<String, String> told(Running up) throws Exception {
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        Map<String, Set<String>> programs = new TreeMap<>();
        for (Map.Entry<String, Integer> program : PORTS.entrySet()) {
            URI address = URI.create("http://127.0.0.1:" + up.port(program.getValue()) + "/actuator/prometheus");
            String text = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
            for (String line : text.lines().toList()) {
                Matcher type = TYPE.matcher(line);
                Matcher sample = SAMPLE.matcher(line);
                if (type.matches()) {
                    assertThat(types.merge(type.group(1), type.group(2), (one, other) -> one))
                            .isEqualTo(type.group(2));
                } else if (sample.matches()) {
                    String name = types.containsKey(sample.group(1))
                            ? sample.group(1)
                            : PART.matcher(sample.group(1)).replaceFirst("");
                    assertThat(types).as(line).containsKey(name);
                    programs.computeIfAbsent(name, first -> new TreeSet<>()).add(program.getKey());
                    Set<String> its = labels.computeIfAbsent(name, first -> new TreeSet<>());
                    if (sample.group(3) != null) {
                        LABEL.matcher(sample.group(3))
                                .results()
                                .map(label -> label.group(1))
                                .filter(label -> !label.equals("le"))
                                .forEach(its::add);
                    }
                }
            }
        }
        return programs.keySet().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> shape(types.get(name), labels.get(name), programs.get(name)),
                        (one, other) -> one,
                        TreeMap::new));
    }

    private static String shape(String type, Set<String> labels, Set<String> programs) {
        return type + " " + labels + " " + programs;
    }

    private static Set<String> words(String cell) {
        return Arrays.stream(cell.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
