// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import java.util.List;

/** Names of stores and nodes. Changelog topics are named after them, so a name that changes is a store that is lost. */
public final class StoreNames {
    /** {@link VoterKey} to {@link VoterRow}, and the {@link VotersPosition}; owned by decide. */
    public static final String VOTERS = "voters";

    /** Ballot id to {@link BallotRow}: the ballots that stand in this partition; owned by decide. */
    public static final String POLLS = "polls";

    /** What is counted in this partition, and up to where; owned by tally. */
    public static final String PARTITION_TALLIES = "partition-tallies";

    /** Key of tallies to the newest snapshot of each partition; owned by merge. */
    public static final String MERGED_TALLIES = "merged-tallies";

    /** Key of turnout to the newest snapshot of each hour, the whole topic in every instance. */
    public static final String TURNOUT = "turnout";

    /** Ballot id to {@code BallotResults}, the whole topic in every instance. */
    public static final String RESULTS = "results";

    /** What the ballots topic says of each ballot, in every instance; see {@link BallotsStoreProcessor}. */
    public static final String BALLOTS = "ballots";

    /** Stores with a part for each partition of votes: their changelogs have as many partitions as votes. */
    public static final List<String> BY_PARTITION_OF_VOTES = List.of(VOTERS, POLLS, PARTITION_TALLIES);

    static final String SOURCE_VOTES = "votes";
    static final String DECIDE = "decide";
    static final String TALLY = "tally";
    static final String SOURCE_TALLIES = "tallies";
    static final String MERGE = "merge";
    static final String SINK_DECISIONS = "to-decisions";
    static final String SINK_DEAD_LETTERS = "to-dead-letters";
    static final String SINK_TALLIES = "to-tallies";
    static final String SINK_TURNOUT = "to-turnout";
    static final String SINK_RESULTS = "to-results";

    private StoreNames() {}
}
