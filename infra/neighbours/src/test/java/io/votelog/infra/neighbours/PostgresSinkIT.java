// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.system.FreePorts;
import io.votelog.infra.testing.WholeSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Verdicts and results in PostgreSQL: each once, though the sink is killed while it writes. */
@WholeSystem
class PostgresSinkIT {
    private static final int KILLS = 4;

    @TempDir
    private static Path dir;

    private static Postgres postgres;
    private static SmallSystem system;
    private static Path settings;
    private static JsonNode first;

    @BeforeAll
    static void start() throws Exception {
        FreePorts ports = new FreePorts();
        postgres = Postgres.start(dir, ports);
        system = new SmallSystem(dir, ports).start(Map.of());
        // Small transactions, so that kills fall between and into them.
        settings = Files.writeString(
                dir.resolve("kafka.properties"),
                "bootstrap.servers=%s%nmax.poll.records=5%n".formatted(system.bootstrapServers()));
        first = system.cast(system.token("somebody", ""), "01", "25");
    }

    @AfterAll
    static void stop() {
        if (system != null) {
            system.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void shouldHaveEveryVerdictOnceThoughItIsKilled() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<List<JsonNode>> voting = CompletableFuture.supplyAsync(() -> voteUntil(enough));
        try {
            for (int kill = 1; kill <= KILLS; kill++) {
                long before = verdicts();
                try (TetheredProcess sink = sink("killed")) {
                    await().atMost(SmallSystem.PATIENCE)
                            .pollInterval(Duration.ofMillis(5))
                            .untilAsserted(
                                    () -> assertThat(verdicts()).as(sink.said()).isGreaterThan(before + 20));
                }
            }
        } finally {
            enough.set(true);
        }
        List<JsonNode> votes = voting.get();
        JsonNode results = system.awaitReceived(votes.size());
        try (TetheredProcess sink = sink("last")) {
            await().atMost(SmallSystem.PATIENCE).untilAsserted(() -> {
                assertThat(verdicts()).as(sink.said()).isEqualTo(votes.size());
                assertThat(numbers("SELECT received, accepted, retried, rejected, annulled, late, version, revision"
                                + " FROM votelog.results"))
                        .as(sink.said())
                        .isEqualTo(numbersOf(results));
            });
            assertThat(table("SELECT partition || '@' || vote_offset, vote_id || ' ' || lower(outcome) || ' '"
                            + " || coalesce(reason, '-') FROM votelog.verdicts"))
                    .isEqualTo(verdictsOf(votes));
            assertThat(table("SELECT option_id, votes::text FROM votelog.option_results WHERE ballot_id = '%s'"
                            .formatted(SmallSystem.BALLOT)))
                    .isEqualTo(votesOf(results));
            assertThat(table("SELECT outcome, count(*)::text FROM votelog.verdicts GROUP BY outcome"))
                    .as("every outcome was met")
                    .containsOnlyKeys("ACCEPTED", "RETRIED", "REJECTED");

            // What is read is written by one sink: who is late ends, and says why.
            try (TetheredProcess other = sink("other")) {
                await().atMost(SmallSystem.PATIENCE).untilAsserted(() -> {
                    system.vote(system.token("voter-" + System.nanoTime(), ""), "01", "25");
                    assertThat(sink.said() + other.said())
                            .contains("PostgresSink ends: another sink writes into this database; one is enough");
                });
            }
        }
    }

    @Test
    void shouldNotMixTheRowsOfAnotherLog() throws Exception {
        try (Connection database = postgres.connect();
                Statement statement = database.createStatement()) {
            statement.execute("CREATE DATABASE moved");
        }
        String moved = postgres.url().replace("/postgres?", "/moved?");
        try (TetheredProcess sink = sink("begins", moved);
                Connection database = DriverManager.getConnection(moved)) {
            await().atMost(SmallSystem.PATIENCE).untilAsserted(() -> {
                assertThat(sink.said()).doesNotContain("PostgresSink ends");
                assertThat(verdicts(database)).isPositive();
            });
        }
        try (Connection database = DriverManager.getConnection(moved);
                Statement statement = database.createStatement()) {
            statement.executeUpdate("UPDATE votelog.positions SET next_offset = next_offset + 1000000");
        }
        try (TetheredProcess sink = sink("of-another-log", moved)) {
            await().atMost(SmallSystem.PATIENCE).untilAsserted(() -> assertThat(sink.said())
                    .contains("PostgresSink ends: the topics lack the offsets at which it was to go on"));
        }
    }

    /** Votes that are accepted, retried and rejected, one after the other. */
    private static List<JsonNode> voteUntil(AtomicBoolean enough) {
        List<JsonNode> votes = new ArrayList<>(List.of(first));
        try {
            while (!enough.get()) {
                String token = system.token("voter-" + votes.size() / 4, "");
                String option = "%02d".formatted(1 + votes.size() / 4 % 20);
                votes.add(system.cast(token, option, "25"));
                votes.add(system.cast(token, option, "25"));
                votes.add(system.cast(token, option, "26"));
                votes.add(system.cast(system.token("other-" + votes.size(), ""), option, "27", "28"));
            }
            return votes;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static TetheredProcess sink(String name) throws Exception {
        return sink(name, postgres.url());
    }

    private static TetheredProcess sink(String name, String url) throws Exception {
        return TetheredProcess.start(
                List.of(OwnPrograms.command(
                        PostgresSink.class, settings.toString(), OwnPrograms.SCHEMAS.toString(), url)),
                dir,
                dir.resolve("sink-" + name + ".log"),
                Map.of());
    }

    private static long verdicts() throws SQLException {
        try (Connection database = postgres.connect()) {
            return verdicts(database);
        }
    }

    private static long verdicts(Connection database) throws SQLException {
        return count(database, "SELECT (to_regclass('votelog.verdicts') IS NOT NULL)::int") == 0
                ? 0
                : count(database, "SELECT count(*) FROM votelog.verdicts");
    }

    private static long count(Connection database, String query) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private static List<Long> numbers(String query) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        try (Connection database = postgres.connect();
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    numbers.add(row.getLong(column));
                }
            }
        }
        return numbers;
    }

    private static Map<String, String> table(String query) throws SQLException {
        Map<String, String> table = new TreeMap<>();
        try (Connection database = postgres.connect();
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                assertThat(table.put(row.getString(1), row.getString(2))).isNull();
            }
        }
        return table;
    }

    private static List<Long> numbersOf(JsonNode results) {
        List<Long> numbers = new ArrayList<>();
        for (String field : List.of("received", "accepted", "retried", "rejected", "annulled", "late")) {
            numbers.add(results.path("turnout").path(field).longValue());
        }
        numbers.add(results.path("version").longValue());
        numbers.add(results.path("revision").longValue());
        return numbers;
    }

    /** The verdicts as voters are told them, by the places of their votes in the log. */
    private static Map<String, String> verdictsOf(List<JsonNode> votes) throws Exception {
        Map<String, String> verdicts = new TreeMap<>();
        for (JsonNode vote : votes) {
            JsonNode verdict = system.verdict(vote);
            verdicts.put(
                    vote.path("partition").longValue() + "@"
                            + vote.path("offset").longValue(),
                    vote.path("voteId").stringValue() + " "
                            + verdict.path("status").stringValue() + " "
                            + verdict.path("reason").asString("-"));
        }
        return verdicts;
    }

    private static Map<String, String> votesOf(JsonNode results) {
        Map<String, String> votes = new TreeMap<>();
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                votes.put(
                        option.path("id").stringValue(),
                        "" + option.path("votes").longValue());
            }
        }
        return votes;
    }
}
