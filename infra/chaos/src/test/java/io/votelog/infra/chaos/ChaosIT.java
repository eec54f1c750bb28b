// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program itself, for a short while, from a seed that is always the same. */
class ChaosIT {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    @TempDir
    Path dir;

    @Test
    void shouldFindThatEveryLawHeldWhileBrokersAndInstancesAreKilled() throws Exception {
        Path account = dir.resolve("account.json");
        ChildJvm chaos = ChildJvm.of("chaos", Chaos.class.getName())
                .workingDir(dir)
                .jvmArgs(
                        "-Xmx512m",
                        "-D" + Chaos.ROOT + "="
                                + Path.of("../..").toAbsolutePath().normalize(),
                        "-D" + ChildJvm.ARCHIVE_CLASSES + "=" + System.getProperty(ChildJvm.ARCHIVE_CLASSES, "false"),
                        "-D" + ChildJvm.JVM_ARGS + "=" + System.getProperty(ChildJvm.JVM_ARGS, ""))
                .args("--seed", "15", "--minutes", "0.4", "--rate", "40")
                .args("--faults", "broker-kill,streams-kill", "--json", account.toString())
                .start();
        boolean ended = chaos.awaitEnd(LIMIT);
        chaos.kill();

        String said = Files.readString(chaos.logFile());
        assertThat(ended).as(said).isTrue();
        assertThat(chaos.exitCode()).as(said).hasValue(0);
        assertThat(said).contains("seed 15: every law held");
        JsonNode told = new JsonMapper().readTree(Files.readAllBytes(account));
        assertThat(told.path("held").booleanValue()).isTrue();
        assertThat(told.path("struck").size()).as(said).isPositive();
        assertThat(told.path("votes").path("acknowledged").longValue()).as(said).isGreaterThan(100);
        assertThat(told.path("votes").path("outcome ACCEPTED").longValue())
                .as(said)
                .isGreaterThan(100);
    }
}
