// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.streams.read.board.TurnoutHistory.Point;
import java.util.List;

/**
 * How one ballot's turnout grew, as it is shown: a chart's points, to be drawn as they stand.
 *
 * @param stepSeconds from one point to the next
 * @param points in order of time; none before the first vote is counted
 */
record TurnoutDocument(String ballotId, long stepSeconds, List<Point> points) {}
