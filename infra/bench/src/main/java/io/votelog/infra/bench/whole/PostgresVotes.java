// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.workspace.BenchException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Votes in PostgreSQL. The votes of one call go in by one statement, which is one transaction: new votes are inserted, and what
 * they pick is added up and put on the counters. Each connection has counters of its own, so that none waits for another one's
 * commit; an option's votes are their sum.
 */
final class PostgresVotes implements VoteStore {
    static final String USER = "votes";

    private static final List<String> SCHEMA = List.of(
            "CREATE TABLE votes (ballot int NOT NULL, voter text NOT NULL, options smallint[] NOT NULL,"
                    + " PRIMARY KEY (ballot, voter))",
            "CREATE TABLE counters (ballot int NOT NULL, writer int NOT NULL, option smallint NOT NULL,"
                    + " votes bigint NOT NULL, PRIMARY KEY (ballot, writer, option)) WITH (fillfactor = 20)");
    private static final String COUNTERS =
            "INSERT INTO counters SELECT 1, writer, option, 0 FROM generate_series(0, ? - 1) AS writer,"
                    + " generate_series(0, ? - 1) AS option";
    private static final String CAST =
            """
            WITH fresh AS (
              INSERT INTO votes (ballot, voter, options)
              SELECT 1, under_way.voter, under_way.options::smallint[]
              FROM unnest(?::text[], ?::text[]) AS under_way (voter, options)
              ON CONFLICT DO NOTHING
              RETURNING voter, options
            ), added AS (
              SELECT option, count(*) AS votes FROM fresh, unnest(fresh.options) AS option GROUP BY option
            ), counted AS (
              UPDATE counters SET votes = counters.votes + added.votes
              FROM added
              WHERE counters.ballot = 1 AND counters.writer = ? AND counters.option = added.option
            )
            SELECT voter FROM fresh""";

    private final Connection connection;
    private final PreparedStatement cast;
    private final int writer;
    private final int writers;
    private final int options;

    /**
     * Connects.
     *
     * @param writer which one of all writers this is
     * @param options of the ballot
     */
    PostgresVotes(int port, int writer, int writers, int options) {
        this.writer = writer;
        this.writers = writers;
        this.options = options;
        try {
            connection =
                    DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), USER, "");
            cast = connection.prepareStatement(CAST);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void prepare() {
        try (Statement schema = connection.createStatement();
                PreparedStatement counters = connection.prepareStatement(COUNTERS)) {
            for (String table : SCHEMA) {
                schema.execute(table);
            }
            counters.setInt(1, writers);
            counters.setInt(2, options);
            counters.execute();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void cast(List<CastVote> votes) {
        // Two transactions that insert the same voters in one order never wait for each other in a circle.
        List<CastVote> sorted =
                votes.stream().sorted(Comparator.comparing(CastVote::voter)).toList();
        try {
            cast.setArray(
                    1,
                    connection.createArrayOf(
                            "text", sorted.stream().map(CastVote::voter).toArray()));
            cast.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            sorted.stream().map(vote -> array(vote.options())).toArray()));
            cast.setInt(3, writer);
            Set<String> fresh = new HashSet<>();
            try (ResultSet inserted = cast.executeQuery()) {
                while (inserted.next()) {
                    fresh.add(inserted.getString(1));
                }
            }
            sorted.forEach(vote -> vote.counted().complete(fresh.remove(vote.voter())));
        } catch (SQLException e) {
            sorted.forEach(vote -> vote.counted().completeExceptionally(e));
        }
    }

    /** An array as PostgreSQL reads it from text. */
    private static String array(List<Integer> options) {
        StringBuilder text = new StringBuilder("{");
        options.forEach(option -> text.append(text.length() == 1 ? "" : ",").append(option));
        return text.append('}').toString();
    }

    @Override
    public Counts counts() {
        try (Statement statement = connection.createStatement()) {
            List<Long> byOption = new ArrayList<>();
            try (ResultSet sums = statement.executeQuery(
                    "SELECT sum(votes)::bigint FROM counters WHERE ballot = 1 GROUP BY option ORDER BY option")) {
                while (sums.next()) {
                    byOption.add(sums.getLong(1));
                }
            }
            try (ResultSet votes = statement.executeQuery("SELECT count(*) FROM votes WHERE ballot = 1")) {
                votes.next();
                return new Counts(votes.getLong(1), byOption);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static BenchException failed(SQLException e) {
        return new BenchException("PostgreSQL: " + e.getMessage());
    }
}
