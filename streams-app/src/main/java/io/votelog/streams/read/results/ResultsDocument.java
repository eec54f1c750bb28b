// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.CountedPosition;
import io.votelog.events.ReasonCount;
import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.nist.CountProgress;
import io.votelog.schemas.nist.CountedBallot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One ballot's results, as answers show them.
 *
 * @param title the title by language; {@code und} when the ballot names no language
 * @param version the sum of the positions counted
 * @param asOf the broker's append time of the newest record counted, ISO 8601 in UTC; null before the first
 * @param digest SHA-256 of the definition, 64 hexadecimal digits
 * @param positions the next offset to be counted, by partition of votes
 * @param live false when the results are not up to date; null when they are
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResultsDocument(
        String ballotId,
        Map<String, String> title,
        BallotPhase status,
        long version,
        long revision,
        @Nullable String asOf,
        String digest,
        Turnout turnout,
        List<SectionResults> sections,
        Map<Integer, Long> positions,
        @Nullable Boolean live) {

    /** Every vote event of the ballot: {@code received = accepted + retried + rejected}; the late ones are apart. */
    public record Turnout(
            long received,
            long accepted,
            long retried,
            long rejected,
            long annulled,
            long late,
            Map<String, Long> rejectedByReason) {}

    /** The results of a section's options, in the order of the ballot; titles by language. */
    public record SectionResults(String id, Map<String, String> title, List<OptionResults> options) {}

    /**
     * @param votes the votes counted; null while the ballot hides them
     * @param rank the rank among all options of the ballot, from 1; equal votes share a rank; null where votes are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OptionResults(String id, Map<String, String> title, @Nullable Long votes, @Nullable Integer rank) {}

    /**
     * Makes the document.
     *
     * @param results null before anything is counted
     * @param status the ballot's phase now
     */
    public static ResultsDocument of(BallotDefinition definition, @Nullable BallotResults results, BallotPhase status) {
        Ballot ballot = definition.ballot();
        if (results != null && !results.getDigest().equals(definition.digest())) {
            throw new IllegalStateException("the results of ballot %s are of the definition %s, its claim is of %s"
                    .formatted(ballot.id(), BallotDefinition.hex(results.getDigest()), definition.digestHex()));
        }
        long[] votes = votes(ballot, results, status);
        int[] ranks = votes == null ? null : Ranks.of(votes);
        List<SectionResults> sections = new ArrayList<>();
        int index = 0;
        for (Section section : ballot.sections()) {
            List<OptionResults> options = new ArrayList<>();
            for (Option option : section.options()) {
                options.add(new OptionResults(
                        option.id(),
                        option.title().byLanguage(),
                        votes == null ? null : votes[index],
                        ranks == null ? null : ranks[index]));
                index++;
            }
            sections.add(new SectionResults(section.id(), section.title().byLanguage(), options));
        }
        return new ResultsDocument(
                ballot.id(),
                ballot.title().byLanguage(),
                status,
                results == null ? 0 : results.getVersion(),
                results == null ? 0 : results.getRevision(),
                results == null ? null : results.getAsOf().toString(),
                definition.digestHex(),
                turnout(results),
                sections,
                positions(results),
                null);
    }

    /** The same document, marked when it is not up to date. */
    public ResultsDocument goingOn(boolean goesOn) {
        return new ResultsDocument(
                ballotId,
                title,
                status,
                version,
                revision,
                asOf,
                digest,
                turnout,
                sections,
                positions,
                goesOn ? null : Boolean.FALSE);
    }

    /**
     * The same counts for an election report. Its time is that of the newest record counted, so that each instance writes the same
     * report of one state; before the first record it is the ballot's begin.
     *
     * @param ballot of which these are the results
     */
    CountedBallot counted(Ballot ballot) {
        List<Long> votes = new ArrayList<>();
        for (SectionResults section : sections) {
            for (OptionResults option : section.options()) {
                if (option.votes() != null) {
                    votes.add(option.votes());
                }
            }
        }
        CountProgress progress =
                switch (status) {
                    case SCHEDULED -> CountProgress.NOT_BEGUN;
                    case OPEN, CLOSED -> CountProgress.UNDER_WAY;
                    case FINAL -> CountProgress.COMPLETE;
                };
        return new CountedBallot(
                progress,
                asOf == null ? ballot.opensAt() : Instant.parse(asOf),
                votes.isEmpty() ? null : votes,
                turnout.accepted() - turnout.annulled(),
                turnout.rejected(),
                revision);
    }

    /** Whether the document is up to date; one that is not shows {@code live: false}. */
    public boolean goesOn() {
        return live == null;
    }

    /**
     * The phase of a ballot at this moment. It follows from the ballot's times and its results, and from whether an early end
     * was asked for.
     */
    static BallotPhase statusAt(Instant now, Ballot ballot, @Nullable BallotResults results, boolean closing) {
        if (results != null && results.getStatus() == BallotStatus.FINAL) {
            return BallotPhase.FINAL;
        }
        boolean ended = results != null
                && results.getPositions().stream().anyMatch(position -> position.getEndOffset() != null);
        if (closing || ended || !now.isBefore(ballot.closesAt())) {
            return BallotPhase.CLOSED;
        }
        return now.isBefore(ballot.opensAt()) ? BallotPhase.SCHEDULED : BallotPhase.OPEN;
    }

    private static long @Nullable [] votes(Ballot ballot, @Nullable BallotResults results, BallotPhase status) {
        if (ballot.visibility() == Visibility.AFTER_CLOSE && status != BallotPhase.FINAL) {
            return null;
        }
        if (results == null) {
            return new long[ballot.optionCount()];
        }
        List<Long> counted = results.getVotes();
        return counted == null
                ? null
                : counted.stream().mapToLong(Long::longValue).toArray();
    }

    private static Turnout turnout(@Nullable BallotResults results) {
        if (results == null) {
            return new Turnout(0, 0, 0, 0, 0, 0, Map.of());
        }
        Map<String, Long> byReason = new LinkedHashMap<>();
        long rejected = 0;
        for (ReasonCount count : results.getRejected()) {
            byReason.put(count.getReason().name(), count.getCount());
            rejected += count.getCount();
        }
        return new Turnout(
                results.getReceived(),
                results.getAccepted(),
                results.getRetried(),
                rejected,
                results.getAnnulled(),
                results.getLate(),
                byReason);
    }

    private static Map<Integer, Long> positions(@Nullable BallotResults results) {
        Map<Integer, Long> positions = new TreeMap<>();
        if (results != null) {
            for (CountedPosition position : results.getPositions()) {
                Long end = position.getEndOffset();
                long next = position.getNextOffset();
                positions.put(position.getPartition(), end == null ? next : Math.min(end, next));
            }
        }
        return positions;
    }
}
