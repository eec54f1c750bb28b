// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.WholeSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The tickers in three languages tell what the read side tells, and nothing older after it. */
@WholeSystem
class ConsumersIT {
    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
    private static final Pattern AGE = Pattern.compile(".* version=(\\d+) revision=(\\d+) .*");
    private static final AtomicInteger VOTERS = new AtomicInteger();

    @TempDir
    private static Path dir;

    private static SmallSystem system;

    @BeforeAll
    static void start() throws Exception {
        system = new SmallSystem(dir, new FreePorts()).start(Map.of());
        vote("01", "25");
        vote("01", "26");
        // No vote of the form: it is rejected at the gateway, and never stands in the log.
        assertThat(system.vote(system.token("nobody", ""), "01").statusCode()).isEqualTo(422);
        // A second vote of a voter: rejected by the count.
        system.cast(system.token("voter-1", ""), "02", "27");
        system.awaitReceived(3);
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
    }

    @Test
    void shouldBeToldInPython() throws Exception {
        Optional<String> python = Stream.of("python3", "/usr/bin/python3")
                .filter(program -> runs(program, "-c", "import confluent_kafka"))
                .findFirst();
        if (python.isEmpty()) {
            System.out.println(
                    "the ticker in Python skipped: no python3 with confluent_kafka (Debian: python3-confluent-kafka)");
        }
        assumeTrue(python.isPresent());
        Path ticker = EXAMPLES.resolve("ticker.py");
        assertThat(Files.readAllLines(ticker)).as("as its README says").hasSizeLessThan(50);
        assertTells("python", python.get(), ticker.toString(), system.bootstrapServers());
    }

    @Test
    void shouldBeToldInNode() throws Exception {
        Path folder = NodePackages.installed(EXAMPLES.resolve("node"), "the ticker in Node");
        assertTells("node", "node", folder.resolve("ticker.js").toString(), system.bootstrapServers());
    }

    @Test
    void shouldBeToldInJava() throws Exception {
        assertTells(
                "java", OwnPrograms.command(Ticker.class, system.bootstrapServers(), OwnPrograms.SCHEMAS.toString()));
    }

    private static void assertTells(String name, String... command) throws Exception {
        Path log = dir.resolve("ticker-" + name + ".log");
        try (TetheredProcess ticker = TetheredProcess.start(List.of(command), dir, log, Map.of())) {
            assertLastLineIsTheResult(ticker);
            vote("03", "28");
            vote("01", "28");
            assertLastLineIsTheResult(ticker);
            List<String> told = told(ticker);
            for (int line = 1; line < told.size(); line++) {
                assertThat(age(told.get(line))).as(ticker.said()).isGreaterThan(age(told.get(line - 1)));
            }
        }
    }

    private static void assertLastLineIsTheResult(TetheredProcess ticker) {
        await().atMost(SmallSystem.PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> assertThat(told(ticker)).last().isEqualTo(line(system.results())));
    }

    /** Its lines, without what libraries say. */
    private static List<String> told(TetheredProcess ticker) {
        return ticker.said()
                .lines()
                .filter(line -> line.startsWith(SmallSystem.BALLOT + " "))
                .toList();
    }

    /** What the ticker is to say of a document that the read side gives. */
    private static String line(JsonNode results) {
        StringBuilder line = new StringBuilder("%s %s version=%d revision=%d received=%d accepted=%d"
                .formatted(
                        results.path("ballotId").stringValue(),
                        results.path("status").stringValue().toUpperCase(Locale.ROOT),
                        results.path("version").longValue(),
                        results.path("revision").longValue(),
                        results.path("turnout").path("received").longValue(),
                        results.path("turnout").path("accepted").longValue()));
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                if (option.path("votes").longValue() > 0) {
                    line.append(' ')
                            .append(option.path("id").stringValue())
                            .append('=')
                            .append(option.path("votes").longValue());
                }
            }
        }
        return line.toString();
    }

    private static long age(String line) {
        Matcher age = AGE.matcher(line);
        assertThat(age.matches()).as(line).isTrue();
        return Long.parseLong(age.group(1)) + (Long.parseLong(age.group(2)) << 32);
    }

    private static void vote(String... choices) throws Exception {
        system.cast(system.token("voter-" + VOTERS.incrementAndGet(), ""), choices);
    }

    private static boolean runs(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
