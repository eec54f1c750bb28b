// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.streams.read.board.TurnoutHistory.Point;
import java.util.List;

/**
 * The growth of one ballot's turnout, as answers show it: the points of a chart, ready to be drawn.
 *
 * @param stepSeconds the time between two points, in seconds
 * @param points in order of time; empty before the first vote is counted
 */
record TurnoutDocument(String ballotId, long stepSeconds, List<Point> points) {}
