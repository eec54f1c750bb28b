package io.votelog.streams.read;

import java.time.Instant;
import java.util.List;

/**
 * How one ballot's turnout grew, as it is shown: a chart's points, to be drawn as they stand.
 *
 * @param stepSeconds from one point to the next
 * @param points in order of time; none before the first vote is counted
 */
record TurnoutDocument(String ballotId, long stepSeconds, List<Point> points) {
    /**
     * What was counted from the ballot's beginning to the end of a step.
     *
     * @param at the step's end; votes of that very moment are in the next one
     */
    record Point(Instant at, long received, long accepted) {}
}
