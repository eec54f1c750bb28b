// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code register.py} would register is what stands in the topics. A real registry is asked by {@code SchemaRegistryIT} of infra/local. */
class RegisterPyTest {
    private record Ran(int code, List<String> lines) {}

    @BeforeAll
    static void needsPython() throws Exception {
        DecodePyTest.needsPython();
    }

    @Test
    void shouldNameEachEventOfEachTopicWithAllItsVersions() throws Exception {
        Stream<String> expected = Topics.all().stream()
                .flatMap(topic -> topic.events().stream().map(event -> "%s-io.votelog.events.%s %d"
                        .formatted(
                                topic.name(),
                                event,
                                SchemaHistory.versions("io.votelog.events." + event)
                                        .size())));

        assertThat(run("--list")).isEqualTo(new Ran(0, expected.toList()));
    }

    @Test
    void shouldSayWhatIsWrongWithTheCommandLine() throws Exception {
        assertThat(run().lines()).last().asString().contains("one of the arguments --registry --list is required");
        Ran ran = run("--registry", "registry:8080");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.lines()).last().asString().endsWith("--registry: registry:8080 is no http or https URL");
    }

    private static Ran run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("python3", Path.of("register.py").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return new Ran(process.waitFor(), lines);
    }
}
