// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import io.votelog.infra.neighbours.PostgresSink.SinkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The tables of {@code schema.sql}, and one transaction after another on them. Who is on the way of a transaction that another sink has
 * overtaken, does not write: the positions must be those that this one has read on from.
 */
final class SinkTables {
    private static final String BALLOTS = "votelog.ballots.v1";
    private static final String DECISIONS = "votelog.decisions.v1";
    private static final String RESULTS = "votelog.results.v1";

    static final List<String> TOPICS = List.of(BALLOTS, DECISIONS, RESULTS);

    private static final String POSITION =
            "SELECT next_offset FROM votelog.positions WHERE topic = ? AND partition = ?";
    private static final String BEGIN =
            "INSERT INTO votelog.positions (topic, partition, next_offset) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String ADVANCE =
            "UPDATE votelog.positions SET next_offset = ? WHERE topic = ? AND partition = ? AND next_offset = ?";
    private static final String BALLOT =
            """
            INSERT INTO votelog.ballots (digest, ballot_id, definition)
            VALUES (sha256(convert_to(?, 'UTF8')), ?, ?::jsonb)
            ON CONFLICT DO NOTHING""";
    private static final String VERDICT =
            """
            INSERT INTO votelog.verdicts (partition, vote_offset, ballot_id, vote_id, outcome, reason, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (partition, vote_offset) DO UPDATE SET ballot_id = excluded.ballot_id, vote_id = excluded.vote_id,
              outcome = excluded.outcome, reason = excluded.reason, recorded_at = excluded.recorded_at""";
    private static final String RESULT =
            """
            INSERT INTO votelog.results AS known (ballot_id, digest, status, version, revision, as_of, received, accepted,
              retried, rejected, annulled, late, votes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (ballot_id) DO UPDATE SET digest = excluded.digest, status = excluded.status,
              version = excluded.version, revision = excluded.revision, as_of = excluded.as_of,
              received = excluded.received, accepted = excluded.accepted, retried = excluded.retried,
              rejected = excluded.rejected, annulled = excluded.annulled, late = excluded.late, votes = excluded.votes
            WHERE (known.revision, known.version) <= (excluded.revision, excluded.version)""";

    private final Connection database;
    private final EventReader ballots;
    private final EventReader decisions;
    private final EventReader results;
    private final PreparedStatement ballot;
    private final PreparedStatement verdict;
    private final PreparedStatement result;
    private final PreparedStatement advance;
    private final Map<String, Long> positions = new HashMap<>();
    private int advanced;

    /** Makes the tables where they are not there. */
    SinkTables(Connection database, Path schemas) throws SQLException, IOException {
        this.database = database;
        this.ballots = EventReader.of(schemas, "BallotPublished");
        this.decisions = EventReader.of(schemas, "VoteDecided");
        this.results = EventReader.of(schemas, "BallotResults");
        database.setAutoCommit(false);
        try (InputStream in = SinkTables.class.getResourceAsStream("schema.sql");
                Statement statement = database.createStatement()) {
            if (in == null) {
                throw new IllegalStateException("schema.sql is not beside this class");
            }
            statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        database.commit();
        this.ballot = database.prepareStatement(BALLOT);
        this.verdict = database.prepareStatement(VERDICT);
        this.result = database.prepareStatement(RESULT);
        this.advance = database.prepareStatement(ADVANCE);
    }

    /** The next offset to be read of a partition; empty where nothing was. */
    OptionalLong position(String topic, int partition) throws SQLException {
        try (PreparedStatement query = database.prepareStatement(POSITION)) {
            query.setString(1, topic);
            query.setInt(2, partition);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return OptionalLong.empty();
                }
                positions.put(topic + "-" + partition, row.getLong(1));
                return OptionalLong.of(row.getLong(1));
            }
        }
    }

    /** Notes where a partition begins that nothing was read of. */
    void begin(String topic, int partition, long offset) throws SQLException {
        try (PreparedStatement insert = database.prepareStatement(BEGIN)) {
            insert.setString(1, topic);
            insert.setInt(2, partition);
            insert.setLong(3, offset);
            insert.executeUpdate();
        }
        positions.put(topic + "-" + partition, offset);
    }

    /**
     * Adds an event to the transaction.
     *
     * @throws IOException where it cannot be read
     */
    void put(String topic, int partition, byte[] value) throws SQLException, IOException {
        switch (topic) {
            case BALLOTS -> {
                // Others than definitions stand there too.
                Optional<GenericRecord> definition = ballots.readIfOfItsKind(value);
                if (definition.isPresent()) {
                    put(definition.get());
                }
            }
            case DECISIONS -> putVerdict(partition, decisions.read(value));
            default -> putResult(results.read(value));
        }
    }

    private void put(GenericRecord published) throws SQLException {
        ballot.setString(1, text(published, "definition"));
        ballot.setString(2, text(published, "ballotId"));
        ballot.setString(3, text(published, "definition"));
        ballot.addBatch();
    }

    private void putVerdict(int partition, GenericRecord decided) throws SQLException {
        Object reason = decided.get("reason");
        verdict.setInt(1, partition);
        verdict.setLong(2, number(decided, "voteOffset"));
        verdict.setString(3, text(decided, "ballotId"));
        verdict.setObject(4, uuid(decided, "voteId"));
        verdict.setString(5, text(decided, "outcome"));
        verdict.setString(6, reason == null ? null : reason.toString());
        verdict.setTimestamp(7, time(decided, "recordedAt"));
        verdict.addBatch();
    }

    private void putResult(GenericRecord summed) throws SQLException {
        long rejected = 0;
        for (Object reason : (List<?>) summed.get("rejected")) {
            rejected += number((GenericRecord) reason, "count");
        }
        result.setString(1, text(summed, "ballotId"));
        result.setBytes(2, ((GenericFixed) summed.get("digest")).bytes());
        result.setString(3, text(summed, "status"));
        result.setLong(4, number(summed, "version"));
        result.setLong(5, number(summed, "revision"));
        result.setTimestamp(6, time(summed, "asOf"));
        result.setLong(7, number(summed, "received"));
        result.setLong(8, number(summed, "accepted"));
        result.setLong(9, number(summed, "retried"));
        result.setLong(10, rejected);
        result.setLong(11, number(summed, "annulled"));
        result.setLong(12, number(summed, "late"));
        Array votes = votes(summed);
        if (votes == null) {
            result.setNull(13, Types.ARRAY);
        } else {
            result.setArray(13, votes);
        }
        result.addBatch();
    }

    /** By option, in the ballot's order; null while the ballot hides them. */
    private @Nullable Array votes(GenericRecord summed) throws SQLException {
        return summed.get("votes") instanceof List<?> votes ? database.createArrayOf("bigint", votes.toArray()) : null;
    }

    /** Notes in the transaction how far a partition was read. */
    void advance(String topic, int partition, long next) throws SQLException {
        Long before = positions.put(topic + "-" + partition, next);
        if (before != null && before == next) {
            return;
        }
        advance.setLong(1, next);
        advance.setString(2, topic);
        advance.setInt(3, partition);
        advance.setLong(4, before == null ? -1 : before);
        advance.addBatch();
        advanced++;
    }

    /**
     * Ends the transaction, and begins the next one.
     *
     * @throws SinkException where another sink has written meanwhile; nothing of this transaction is there then
     */
    void commit() throws SQLException {
        ballot.executeBatch();
        verdict.executeBatch();
        result.executeBatch();
        int[] changed = advance.executeBatch();
        for (int at = 0; at < advanced; at++) {
            if (changed[at] != 1) {
                database.rollback();
                throw new SinkException("another sink writes into this database; one is enough");
            }
        }
        advanced = 0;
        database.commit();
    }

    private static String text(GenericRecord event, String field) {
        return event.get(field).toString();
    }

    private static long number(GenericRecord event, String field) {
        return ((Number) event.get(field)).longValue();
    }

    private static Timestamp time(GenericRecord event, String field) {
        return Timestamp.from(Instant.ofEpochMilli(number(event, field)));
    }

    private static UUID uuid(GenericRecord event, String field) {
        ByteBuffer bytes = ByteBuffer.wrap(((GenericFixed) event.get(field)).bytes());
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
