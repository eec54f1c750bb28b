// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import io.votelog.events.BallotResults;
import io.votelog.events.CountedPosition;
import io.votelog.streams.topology.ResultsAge;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The newest committed results of each ballot that this instance has read, whether they are up to date, and a signal for each
 * change. One thread posts to it: the one that keeps the global stores.
 */
@Component
public final class ResultsBoard {
    private static final String EVERY_BALLOT = "";

    private final Map<String, BallotResults> newest = new ConcurrentHashMap<>();
    private volatile boolean live = true;
    private final Sinks.Many<String> changes = Sinks.many().multicast().directBestEffort();

    /** Takes results, unless it has newer ones of that ballot. */
    public void post(BallotResults results) {
        newest.merge(results.getBallotId(), results, ResultsBoard::newer);
        signal(results.getBallotId());
    }

    /** Signals that something other than the results of some ballot changed. */
    void ballotsChanged() {
        signal(EVERY_BALLOT);
    }

    /** Sets whether results are up to date. While they are not, the last ones are shown and marked as such. */
    public void live(boolean live) {
        if (this.live != live) {
            this.live = live;
            signal(EVERY_BALLOT);
        }
    }

    /** Whether results go on ({@link #live}). */
    public boolean isLive() {
        return live;
    }

    /** The newest results of a ballot; empty when none were posted. */
    public Optional<BallotResults> find(String ballotId) {
        return Optional.ofNullable(newest.get(ballotId));
    }

    /** The newest results of all ballots, in no order. */
    public Collection<BallotResults> all() {
        return Collections.unmodifiableCollection(newest.values());
    }

    /**
     * A signal for each change of this ballot; several changes may share one signal. It is emitted on the posting thread, and a
     * subscriber that has not asked for it misses it.
     */
    public Flux<String> changes(String ballotId) {
        return changes.asFlux().filter(changed -> changed.equals(ballotId) || changed.equals(EVERY_BALLOT));
    }

    /** The offset up to which this partition is known to be counted for the ballot. It counts late votes as well. */
    public long countedTo(String ballotId, int partition) {
        return find(ballotId).stream()
                .flatMap(results -> results.getPositions().stream())
                .filter(position -> position.getPartition() == partition)
                .mapToLong(CountedPosition::getNextOffset)
                .findFirst()
                .orElse(0L);
    }

    /** Whether some vote on the ballot is known to be annulled. */
    public boolean anyAnnulled(String ballotId) {
        return find(ballotId).map(results -> results.getAnnulled() > 0).orElse(false);
    }

    private void signal(String ballotId) {
        changes.emitNext(ballotId, Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1)));
    }

    private static BallotResults newer(BallotResults known, BallotResults candidate) {
        return ResultsAge.goesBack(known, candidate) ? known : candidate;
    }
}
