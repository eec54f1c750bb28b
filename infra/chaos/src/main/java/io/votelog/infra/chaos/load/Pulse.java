// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Shows marks what voters and readers see. Safe for use by many threads. */
public final class Pulse {
    private final int partitions;
    private final int gateways;
    private final String ballotId;
    private final List<Mark> marks = new CopyOnWriteArrayList<>();

    /**
     * @param partitions of votes
     * @param ballotId the ballot whose results are read all the time
     */
    public Pulse(int partitions, int gateways, String ballotId) {
        this.partitions = partitions;
        this.gateways = gateways;
        this.ballotId = ballotId;
    }

    /** A mark that is shown everything from now on, until {@link #done}. */
    public Mark mark() {
        Mark mark = new Mark(partitions, gateways);
        marks.add(mark);
        return mark;
    }

    public void done(Mark mark) {
        marks.remove(mark);
    }

    void acked(Sent vote, int gateway, Place place, long sentNs) {
        // Votes on other ballots are not in the results that are read.
        if (vote.key().ballotId().equals(ballotId)) {
            marks.forEach(mark -> mark.sawAcked(gateway, place, sentNs));
        }
    }

    void told(int partition, long sentNs) {
        marks.forEach(mark -> mark.sawTold(partition, sentNs));
    }

    void shown(Map<Integer, Long> positions) {
        marks.forEach(mark -> positions.forEach(mark::sawCounted));
    }
}
