// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import io.votelog.schemas.Topic.Spread;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every topic of Votelog. */
public final class Topics {
    /** Largest record batch of votes and ballots, as the broker keeps it: unpacked. */
    static final int MAX_VOTES_BATCH_BYTES = 1 << 20;

    /** How a topic keeps batches: compressed, or as they are. */
    static final String COMPRESSION_TYPE = "compression.type";

    /** After how many records a broker syncs a partition; by default it leaves that to its operating system. */
    static final String FLUSH_MESSAGES = "flush.messages";

    /** Room for what one record of votes may lead to: its bytes again, or its ballot id, and headers. */
    private static final int MAX_OUTCOME_BATCH_BYTES = 2 * MAX_VOTES_BATCH_BYTES;

    /**
     * The broker unpacks what comes compressed, and holds it against its bounds then. Without this a batch is bounded as it is
     * compressed, and every reader unpacks it into memory, whatever is in it.
     */
    private static final Map<String, String> UNPACKED = Map.of(COMPRESSION_TYPE, "uncompressed");

    private static final Map<String, String> KEPT_FOR_EVER =
            with(UNPACKED, Map.of("cleanup.policy", "delete", "retention.ms", "-1", "retention.bytes", "-1"));

    private static final Map<String, String> NEWEST_OF_EACH_KEY = with(UNPACKED, Map.of("cleanup.policy", "compact"));

    private static final Map<String, String> STAMPED_BY_THE_BROKER = with(
            KEPT_FOR_EVER,
            Map.of(
                    "message.timestamp.type",
                    "LogAppendTime",
                    "max.message.bytes",
                    Integer.toString(MAX_VOTES_BATCH_BYTES)));

    private static final Map<String, String> WITH_ROOM_FOR_OUTCOMES =
            with(KEPT_FOR_EVER, Map.of("max.message.bytes", Integer.toString(MAX_OUTCOME_BATCH_BYTES)));

    /** The log: every vote, and in every partition the definition of its ballot. Its offsets are dense. */
    public static final Topic VOTES = new Topic(
            "votelog.votes.v1",
            "the voter's pseudonym, 16 bytes; none for control records",
            List.of("VoteCast", "BallotPublished", "BallotClosed", "BallotEnded", "VoteAnnulled"),
            Spread.AS_VOTES,
            STAMPED_BY_THE_BROKER);

    /** Who published a ballot id first, and what has been done for it since; and the keys with which gateways sign promises. */
    public static final Topic BALLOTS = new Topic(
            "votelog.ballots.v1",
            "ballot id, UTF-8; empty for a gateway's key",
            List.of("BallotPublished", "BallotReady", "BallotClosed", "GatewayKeyNamed"),
            Spread.ONE,
            STAMPED_BY_THE_BROKER);

    /** The verdict on each vote event, in the partition of the vote. */
    public static final Topic DECISIONS = new Topic(
            "votelog.decisions.v1",
            "the voter's pseudonym, 16 bytes",
            List.of("VoteDecided"),
            Spread.AS_VOTES,
            WITH_ROOM_FOR_OUTCOMES);

    /** One ballot's counts in one partition of votes, without those that it hides until its end; partitioned by ballot id. */
    public static final Topic TALLIES = new Topic(
            "votelog.tallies.v1",
            "ballot id, UTF-8, a slash, and the partition in decimal digits",
            List.of("PartitionTally"),
            Spread.AS_VOTES,
            NEWEST_OF_EACH_KEY);

    /** How one ballot's turnout grew in one partition of votes, hour by hour; partitioned by ballot id. */
    public static final Topic TURNOUT = new Topic(
            "votelog.turnout.v1",
            "ballot id, UTF-8, a slash, the partition in decimal digits, a slash, and the hour's start in ISO 8601,"
                    + " UTC",
            List.of("PartitionTurnout"),
            Spread.AS_VOTES,
            NEWEST_OF_EACH_KEY);

    /** The public results. */
    public static final Topic RESULTS = new Topic(
            "votelog.results.v1", "ballot id, UTF-8", List.of("BallotResults"), Spread.AS_VOTES, NEWEST_OF_EACH_KEY);

    /** What stood in votes and was no well-formed event, as it came; see {@link DeadLetters}. */
    public static final Topic DEAD_LETTERS =
            new Topic("votelog.dead-letters.v1", "as it came", List.of(), Spread.AS_VOTES, WITH_ROOM_FOR_OUTCOMES);

    /** What of votes is sealed, and the sealed log's checkpoints. The auditor's sealer writes it, and is the only one. */
    public static final Topic SEALS = new Topic(
            "votelog.seals.v1",
            "none",
            List.of("LogSealed", "BallotSealed", "CheckpointSigned"),
            Spread.ONE,
            STAMPED_BY_THE_BROKER);

    private Topics() {}

    /** All of them, the log first. */
    public static List<Topic> all() {
        return List.of(VOTES, BALLOTS, DECISIONS, TALLIES, TURNOUT, RESULTS, DEAD_LETTERS, SEALS);
    }

    /**
     * The same, where each replica syncs a record of votes, ballots or seals before it says that it has it, so before the record is
     * acknowledged. Those are the topics of which somebody was told something; the others are made from votes again.
     */
    public static List<Topic> allFlushed() {
        Set<Topic> told = Set.of(VOTES, BALLOTS, SEALS);
        return all().stream()
                .map(topic -> told.contains(topic) ? topic.with(Map.of(FLUSH_MESSAGES, "1")) : topic)
                .toList();
    }

    private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return Map.copyOf(all);
    }
}
