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
 * The newest results that this instance has read, committed, of each ballot; whether they go on; and the word that something
 * changed. Posts come from one thread, the one that keeps the global stores.
 */
@Component
public final class ResultsBoard {
    private static final String EVERY_BALLOT = "";

    private final Map<String, BallotResults> newest = new ConcurrentHashMap<>();
    private volatile boolean live = true;
    private final Sinks.Many<String> changes = Sinks.many().multicast().directBestEffort();

    /** Takes results in, unless newer ones are there already. */
    public void post(BallotResults results) {
        newest.merge(results.getBallotId(), results, ResultsBoard::newer);
        tell(results.getBallotId());
    }

    /** Says that something about some ballot changed that is not its results. */
    void ballotsChanged() {
        tell(EVERY_BALLOT);
    }

    /** Says whether results go on; while they do not, what was posted last is still shown, and marked. */
    public void live(boolean live) {
        if (this.live != live) {
            this.live = live;
            tell(EVERY_BALLOT);
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

    /** All of them, in no order. */
    public Collection<BallotResults> all() {
        return Collections.unmodifiableCollection(newest.values());
    }

    /**
     * One element, soon, for one or many changes that this ballot may have undergone since. It is emitted on the posting
     * thread, and a subscriber that is not ready for it misses it.
     */
    public Flux<String> changes(String ballotId) {
        return changes.asFlux().filter(changed -> changed.equals(ballotId) || changed.equals(EVERY_BALLOT));
    }

    /**
     * The offset behind the last one of this partition that is known to be counted for the ballot, whether before its end
     * or behind it.
     */
    public long countedTo(String ballotId, int partition) {
        return find(ballotId).stream()
                .flatMap(results -> results.getPositions().stream())
                .filter(position -> position.getPartition() == partition)
                .mapToLong(CountedPosition::getNextOffset)
                .findFirst()
                .orElse(0L);
    }

    /** Whether some vote of the ballot is known to be annulled. */
    public boolean anyAnnulled(String ballotId) {
        return find(ballotId).map(results -> results.getAnnulled() > 0).orElse(false);
    }

    private void tell(String ballotId) {
        changes.emitNext(ballotId, Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1)));
    }

    private static BallotResults newer(BallotResults known, BallotResults come) {
        return ResultsAge.goesBack(known, come) ? known : come;
    }
}
