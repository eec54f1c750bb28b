// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import java.util.List;

/**
 * Names of the topology's stores and nodes. Kafka Streams names changelog topics after stores, so a store whose name changes is
 * lost.
 */
public final class StoreNames {
    /** The voters and ballots of this partition ({@code VotersStore}); written by decide alone, and restored from votes. */
    public static final String VOTERS = "voters";

    /** The counts of this partition, and up to where they go ({@link PartitionPosition}); written by tally alone. */
    public static final String PARTITION_TALLIES = "partition-tallies";

    /** A store without rows, by which tally learns that a commit begins. */
    public static final String TALLY_COMMITS = "tally-commits";

    /** {@link TallyKey} to the newest tally of each partition; written by merge alone. */
    public static final String MERGED_TALLIES = "merged-tallies";

    /** {@link TallyKey} to the newest turnout of each hour; a global store: every instance has the whole topic. */
    public static final String TURNOUT = "turnout";

    /** Ballot id to {@code BallotResults}; a global store. */
    public static final String RESULTS = "results";

    /** The ballots topic's valid records, by the keys of {@code BallotsStoreProcessor}; a global store. */
    public static final String BALLOTS = "ballots";

    /** Stores that are split by the partitions of votes and have a changelog, with as many partitions as votes. */
    public static final List<String> BY_PARTITION_OF_VOTES = List.of(PARTITION_TALLIES);

    /** The names of the nodes: sources, processors and sinks. The described topology, a golden file, has them. */
    public static final String SOURCE_VOTES = "votes";

    public static final String DECIDE = "decide";
    public static final String TALLY = "tally";
    public static final String SOURCE_TALLIES = "tallies";
    public static final String MERGE = "merge";
    public static final String SINK_DECISIONS = "to-decisions";
    public static final String SINK_DEAD_LETTERS = "to-dead-letters";
    public static final String SINK_TALLIES = "to-tallies";
    public static final String SINK_TURNOUT = "to-turnout";
    public static final String SINK_RESULTS = "to-results";

    private StoreNames() {}
}
