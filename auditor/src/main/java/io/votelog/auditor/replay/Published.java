// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import io.votelog.auditor.count.ResultsHistory;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.Span;
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

/** What the log's operator says: the newest results of each ballot, and who published a ballot's id first. */
final class Published {
    private final Map<String, BallotResults> results = new TreeMap<>();
    private final Map<String, ControlRecord.Published> claims = new LinkedHashMap<>();

    private Published() {}

    /**
     * Reads the results.
     *
     * @param history takes all of them
     * @throws AuditException when they cannot be read
     */
    static Published results(LogSource source, ResultsHistory history) {
        Published published = new Published();
        for (Span span : source.spans(Topics.RESULTS.name())) {
            source.read(span, record -> {
                try {
                    BallotResults newest = Events.decode(record.value(), BallotResults.class);
                    published.results.put(newest.getBallotId(), newest);
                    history.take(record, newest);
                } catch (MalformedEventException e) {
                    // No event: nobody is shown anything by it.
                }
            });
        }
        return published;
    }

    /** The newest results of each ballot, by its id. */
    static Map<String, BallotResults> newest(LogSource source) {
        return results(source, ResultsHistory.none()).results;
    }

    /**
     * Reads who published a ballot's id first.
     *
     * @param keys a claim that none of them signed is none
     * @throws AuditException when it cannot be read
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

    /** The offset behind the last one of a partition that the ballot's results count; 0 where they count none. */
    long countedTo(String ballotId, int partition) {
        return results(ballotId).map(found -> countedTo(found, partition)).orElse(0L);
    }

    /** The same over all ballots: every vote before it had its verdict when the results were written. */
    long countedTo(int partition) {
        return results.values().stream()
                .mapToLong(found -> countedTo(found, partition))
                .max()
                .orElse(0);
    }

    /** The offset behind the last one of a partition that these results count; 0 where they count none. */
    static long countedTo(BallotResults results, int partition) {
        return results.getPositions().stream()
                .filter(position -> position.getPartition() == partition)
                .mapToLong(CountedPosition::getNextOffset)
                .findFirst()
                .orElse(0L);
    }
}
