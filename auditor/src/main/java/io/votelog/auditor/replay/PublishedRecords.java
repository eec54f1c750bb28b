// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.ResultsHistory;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.schemas.ControlRecord;
import io.votelog.schemas.Events;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the log's operator published beside votes: the newest results of each ballot, and the first publication of each
 * ballot id.
 */
public final class PublishedRecords {
    private final Map<String, BallotResults> results = new TreeMap<>();
    private final Map<String, ControlRecord.Published> claims = new LinkedHashMap<>();

    private PublishedRecords() {}

    /**
     * Reads the results.
     *
     * @param history takes every record of results
     * @throws AuditException when results cannot be read
     */
    static PublishedRecords results(LogSource source, ResultsHistory history) {
        PublishedRecords published = new PublishedRecords();
        for (OffsetRange range : source.ranges(Topics.RESULTS.name())) {
            source.read(range, record -> {
                try {
                    BallotResults newest = Events.decode(record.value(), BallotResults.class);
                    published.results.put(newest.getBallotId(), newest);
                    history.take(record, newest);
                } catch (MalformedEventException e) {
                    // Bytes that are no event are shown to no reader as results.
                }
            });
        }
        return published;
    }

    /**
     * Reads the newest results of each ballot, by its id.
     *
     * @throws AuditException when results cannot be read
     */
    public static Map<String, BallotResults> newest(LogSource source) {
        return results(source, ResultsHistory.none()).results;
    }

    /**
     * Reads the first publication of each ballot id.
     *
     * @param keys keys of the log; a publication that none of them signed is ignored
     * @throws AuditException when the topic of ballots cannot be read
     */
    void readClaims(LogSource source, LogKeys keys) {
        Announcement.read(source, claim -> {
            if (claim.signedBy(keys)) {
                claims.putIfAbsent(claim.ballotId(), claim);
            }
        });
    }

    Optional<BallotResults> results(String ballotId) {
        return Optional.ofNullable(results.get(ballotId));
    }

    List<BallotResults> allResults() {
        return List.copyOf(results.values());
    }

    Optional<ControlRecord.Published> claim(String ballotId) {
        return Optional.ofNullable(claims.get(ballotId));
    }

    /** The offset up to which the ballot's results count a partition; 0 where they do not count it. */
    long countedTo(String ballotId, int partition) {
        return results(ballotId).map(found -> countedTo(found, partition)).orElse(0L);
    }

    /** The greatest such offset over all ballots: every vote below it had its verdict when the results were written. */
    long countedTo(int partition) {
        return results.values().stream()
                .mapToLong(found -> countedTo(found, partition))
                .max()
                .orElse(0);
    }

    /** The offset up to which these results count a partition; 0 where they do not count it. */
    static long countedTo(BallotResults results, int partition) {
        return results.getPositions().stream()
                .filter(position -> position.getPartition() == partition)
                .mapToLong(CountedPosition::getNextOffset)
                .findFirst()
                .orElse(0L);
    }
}
