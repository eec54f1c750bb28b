// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.PartitionTally;
import io.votelog.events.PartitionTurnout;
import io.votelog.events.ReasonCount;
import io.votelog.events.Sha256;
import io.votelog.rules.Ballot;
import io.votelog.rules.Decision.PartitionBallot;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import io.votelog.rules.Verdict;
import io.votelog.rules.Visibility;
import io.votelog.schemas.Reasons;
import io.votelog.streams.topology.LogStep.JudgedVote;
import io.votelog.streams.topology.rows.BallotRow;
import io.votelog.streams.topology.rows.PartitionPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * One ballot's counts in one partition, in memory, and their rows in the store, where {@link #write} puts them when a commit begins. The
 * rows of minutes and quarters alone are put at once.
 *
 * <p>Rows, keyed by ballot id and a suffix: {@code <id>/head} with the totals; {@code <id>/0}, {@code <id>/1} … with the votes
 * of 64 options each, so that a vote on a ballot of 1,024 options rewrites only the rows of the options it picks; and {@code
 * <id>/turnout} and {@code <id>/quarters}, which {@link BallotTurnout} writes. The empty ballot id stands for votes whose ballot is unknown.
 */
final class BallotTally {
    static final String UNKNOWN = "";
    static final String HEAD = "/head";

    /** Version 3 names each reason whose count of rejected votes is above 0. */
    private static final byte VERSION = 3;

    /** Version 1 was written before annulments existed and lacks their number, with which version 2 ends. */
    private static final byte VERSION_WITHOUT_ANNULMENTS = 1;

    /** The reasons that versions 1 and 2 count, in the order of their counts. The list never changes. */
    private static final List<Reason> REASONS_BEFORE_VERSION_3 = List.of(
            Reason.UNKNOWN_BALLOT,
            Reason.NOT_OPEN,
            Reason.CLOSED,
            Reason.NO_CHOICE,
            Reason.UNKNOWN_OPTION,
            Reason.REPEATED_OPTION,
            Reason.TOO_MANY_PICKS,
            Reason.TOO_FEW_PICKS,
            Reason.SECTION_TOO_MANY,
            Reason.SECTION_TOO_FEW,
            Reason.VOTE_ID_REUSED,
            Reason.ALREADY_VOTED);

    private static final int ROW_OPTIONS = 64;
    private static final int DIGEST_LENGTH = 32;
    private static final Reason[] REASONS = Reason.values();
    private static final byte[][] REASON_NAMES = Arrays.stream(REASONS)
            .map(reason -> reason.name().getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
    private static final int MAX_HEAD_LENGTH = 1
            + DIGEST_LENGTH
            + 4
            + 8
            + 1
            + 4
            + 8
            + 8
            + 5 * 8
            + Arrays.stream(REASON_NAMES).mapToInt(name -> 1 + name.length + 8).sum();

    private final KeyValueStore<String, byte[]> store;
    private final String ballotId;
    private final String headKey;
    private final String[] rowKeys;
    private final Sha256 digest;
    private final int partitionCount;
    private final long opensAtMs;
    private final boolean hiddenUntilFinal;
    private final long[] votes;
    private final BitSet changedRows = new BitSet();
    private boolean changed;
    private final BallotTurnout turnout;

    private long endOffset = PartitionBallot.OPEN_ENDED;
    private long asOfMs;
    private long received;
    private long accepted;
    private long retried;
    private long annulled;
    private long late;
    private final long[] rejected = new long[REASONS.length];

    private BallotTally(
            KeyValueStore<String, byte[]> store,
            String ballotId,
            Sha256 digest,
            int partitionCount,
            long opensAtMs,
            boolean hiddenUntilFinal,
            int optionCount) {
        this.store = store;
        this.ballotId = ballotId;
        this.headKey = ballotId + HEAD;
        this.digest = digest;
        this.partitionCount = partitionCount;
        this.opensAtMs = opensAtMs;
        this.hiddenUntilFinal = hiddenUntilFinal;
        this.votes = new long[optionCount];
        this.rowKeys = new String[(optionCount + ROW_OPTIONS - 1) / ROW_OPTIONS];
        for (int row = 0; row < rowKeys.length; row++) {
            rowKeys[row] = ballotId + "/" + row;
        }
        this.turnout = new BallotTurnout(store, ballotId, hiddenUntilFinal ? 0 : optionCount);
    }

    /**
     * Opens the counts of a new ballot, all of them 0.
     *
     * @param recordedAtMs the broker's append time of the ballot's definition, milliseconds since 1970
     */
    static BallotTally open(KeyValueStore<String, byte[]> store, BallotRow row, long recordedAtMs) {
        Ballot ballot = row.definition().ballot();
        BallotTally tally = new BallotTally(
                store,
                ballot.id(),
                row.definition().digest(),
                row.published().getPartitionCount(),
                ballot.opensAt().toEpochMilli(),
                ballot.visibility() == Visibility.AFTER_CLOSE,
                ballot.optionCount());
        tally.asOfMs = recordedAtMs;
        tally.changed = true;
        tally.changedRows.set(0, tally.rowKeys.length);
        tally.write();
        return tally;
    }

    /** Opens the counts of votes whose ballot is unknown, all of them 0. */
    static BallotTally ofUnknownBallots(KeyValueStore<String, byte[]> store) {
        return new BallotTally(store, UNKNOWN, new Sha256(new byte[DIGEST_LENGTH]), 0, 0, false, 0);
    }

    /** Reads the counts of all ballots in the store. */
    static List<BallotTally> readAll(KeyValueStore<String, byte[]> store) {
        List<BallotTally> tallies = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> rows = store.all()) {
            while (rows.hasNext()) {
                KeyValue<String, byte[]> row = rows.next();
                if (row.key.endsWith(HEAD)) {
                    String id = row.key.substring(0, row.key.length() - HEAD.length());
                    tallies.add(read(store, id, row.value));
                }
            }
        }
        return tallies;
    }

    String ballotId() {
        return ballotId;
    }

    /**
     * Counts one vote. A vote at or behind the end offset is counted as late and nowhere else. What it changes is in the store after the
     * next {@link #write}.
     *
     * @param recordedAtMs the broker's append time of the vote, milliseconds since 1970
     */
    void count(JudgedVote vote, long offset, long recordedAtMs) {
        changed = true;
        if (offset >= endOffset) {
            late++;
        } else {
            long newestMs = Math.max(asOfMs, recordedAtMs);
            if (hasTurnout()) {
                turnout.advance(asOfMs, newestMs, received, accepted, votes);
            }
            asOfMs = newestMs;
            received++;
            if (vote.verdict() instanceof Verdict.Accepted counted) {
                accepted++;
                counted.picks().forEach(option -> add(option, 1));
            } else if (vote.verdict() instanceof Verdict.Retried) {
                retried++;
            } else if (vote.verdict() instanceof Verdict.Rejected refused) {
                rejected[refused.reason().ordinal()]++;
            } else {
                throw new IllegalStateException("nothing is counted for the verdict " + vote.verdict());
            }
        }
    }

    /**
     * Takes the picks of an accepted vote out of the counts, also after the ballot's end. Turnout stays as it was, since the
     * vote was received and accepted; {@code asOf} stays too, since it is the time of the newest vote.
     */
    void annul(Picks picks) {
        changed = true;
        annulled++;
        picks.forEach(option -> add(option, -1));
    }

    /** Whether the vote at this offset is the first one counted in a later hour than the votes before it. */
    boolean endsHour(long offset, long recordedAtMs) {
        return hasTurnout() && offset < endOffset && BallotTurnout.hourMs(recordedAtMs) > BallotTurnout.hourMs(asOfMs);
    }

    /** Ends counting before this offset, unless it has ended already. */
    void end(long offset) {
        if (isOpen()) {
            changed = true;
            endOffset = offset;
        }
    }

    /** Whether the ballot has no end in this partition yet. */
    boolean isOpen() {
        return endOffset == PartitionBallot.OPEN_ENDED;
    }

    /** Whether the ballot has a turnout to send: it is known, and a vote on it was counted. */
    boolean hasTurnout() {
        return received > 0 && !ballotId.equals(UNKNOWN);
    }

    /**
     * The growth of turnout and of the options' votes within the hour of the newest vote counted, as of this position. Call it only when {@link
     * #hasTurnout} is true.
     */
    PartitionTurnout turnout(int partition, PartitionPosition position) {
        return new PartitionTurnout(
                ballotId,
                partition,
                partitionCount,
                Instant.ofEpochMilli(BallotTurnout.hourMs(asOfMs)),
                position.nextOffset(),
                turnout.minutes(asOfMs, received, accepted),
                turnout.quarters(asOfMs, votes));
    }

    /**
     * The counts as of this position. They leave out the votes by option while the ballot hides them and is open in this
     * partition.
     */
    PartitionTally snapshot(int partition, PartitionPosition position) {
        List<ReasonCount> reasons = new ArrayList<>();
        for (Reason reason : REASONS) {
            if (rejected[reason.ordinal()] > 0) {
                reasons.add(new ReasonCount(Reasons.toWire(reason), rejected[reason.ordinal()]));
            }
        }
        List<Long> byOption = new ArrayList<>(votes.length);
        if (!hiddenUntilFinal || !isOpen()) {
            for (long count : votes) {
                byOption.add(count);
            }
        }
        return new PartitionTally(
                ballotId,
                digest,
                partition,
                partitionCount,
                Instant.ofEpochMilli(opensAtMs),
                hiddenUntilFinal,
                position.nextOffset(),
                isOpen() ? null : endOffset,
                Instant.ofEpochMilli(asOfMs),
                received,
                accepted,
                retried,
                reasons,
                annulled,
                late,
                position.missing(),
                position.replaced(),
                byOption);
    }

    private void add(int option, int change) {
        votes[option] += change;
        changedRows.set(option / ROW_OPTIONS);
    }

    /** Puts into the store what has changed since the last time. */
    void write() {
        if (!changed) {
            return;
        }
        changed = false;
        store.put(headKey, encodeHead());
        for (int row = changedRows.nextSetBit(0); row >= 0; row = changedRows.nextSetBit(row + 1)) {
            store.put(rowKeys[row], encodeRow(row));
        }
        changedRows.clear();
    }

    private byte[] encodeHead() {
        ByteBuffer head = ByteBuffer.allocate(MAX_HEAD_LENGTH)
                .put(VERSION)
                .put(digest.bytes())
                .putInt(partitionCount)
                .putLong(opensAtMs)
                .put((byte) (hiddenUntilFinal ? 1 : 0))
                .putInt(votes.length)
                .putLong(endOffset)
                .putLong(asOfMs)
                .putLong(received)
                .putLong(accepted)
                .putLong(retried)
                .putLong(late)
                .putLong(annulled);
        for (int reason = 0; reason < REASONS.length; reason++) {
            if (rejected[reason] > 0) {
                byte[] name = REASON_NAMES[reason];
                head.put((byte) name.length).put(name).putLong(rejected[reason]);
            }
        }
        return Arrays.copyOf(head.array(), head.position());
    }

    private static BallotTally read(KeyValueStore<String, byte[]> store, String ballotId, byte[] bytes) {
        ByteBuffer head = ByteBuffer.wrap(bytes);
        byte version = head.get();
        if (version < 1 || version > VERSION) {
            throw new IllegalStateException(
                    "a tally's row is of version %d; this build knows versions 1 to %d".formatted(version, VERSION));
        }
        byte[] digest = new byte[DIGEST_LENGTH];
        head.get(digest);
        BallotTally tally = new BallotTally(
                store, ballotId, new Sha256(digest), head.getInt(), head.getLong(), head.get() == 1, head.getInt());
        tally.endOffset = head.getLong();
        tally.asOfMs = head.getLong();
        tally.received = head.getLong();
        tally.accepted = head.getLong();
        tally.retried = head.getLong();
        tally.late = head.getLong();
        if (version == VERSION) {
            tally.annulled = head.getLong();
            tally.readRejected(head);
        } else {
            tally.readRejectedInOrder(head);
            tally.annulled = version == VERSION_WITHOUT_ANNULMENTS ? 0 : head.getLong();
        }
        for (int row = 0; row < tally.rowKeys.length; row++) {
            tally.decodeRow(row, store.get(tally.rowKeys[row]));
        }
        tally.turnout.dropQuartersThatDoNotFit(tally.asOfMs);
        return tally;
    }

    private void readRejected(ByteBuffer head) {
        while (head.hasRemaining()) {
            byte[] bytes = new byte[head.get()];
            head.get(bytes);
            String name = new String(bytes, StandardCharsets.US_ASCII);
            Reason known = Arrays.stream(REASONS)
                    .filter(reason -> reason.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "a tally's row counts votes rejected as %s, which this build does not know"
                                    .formatted(name)));
            rejected[known.ordinal()] = head.getLong();
        }
    }

    private void readRejectedInOrder(ByteBuffer head) {
        int reasons = head.get();
        if (reasons != REASONS_BEFORE_VERSION_3.size()) {
            throw new IllegalStateException("a tally's row counts %d reasons; rows of its version count %d"
                    .formatted(reasons, REASONS_BEFORE_VERSION_3.size()));
        }
        for (Reason reason : REASONS_BEFORE_VERSION_3) {
            rejected[reason.ordinal()] = head.getLong();
        }
    }

    private byte[] encodeRow(int row) {
        int from = row * ROW_OPTIONS;
        int to = Math.min(from + ROW_OPTIONS, votes.length);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (to - from));
        for (int option = from; option < to; option++) {
            bytes.putLong(votes[option]);
        }
        return bytes.array();
    }

    private void decodeRow(int row, byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new IllegalStateException("the tally of ballot %s lacks its row %d".formatted(ballotId, row));
        }
        ByteBuffer counts = ByteBuffer.wrap(bytes);
        for (int option = row * ROW_OPTIONS; counts.hasRemaining(); option++) {
            votes[option] = counts.getLong();
        }
    }
}
