// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.votelog.streams.read.board.TurnoutHistory.Point;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The growth of one ballot's turnout, as answers show it: the points of a chart, ready to be drawn.
 *
 * @param option the id of the option whose votes the points have too; null where they have none
 * @param stepSeconds the time between two points, in seconds
 * @param points in order of time; empty before the first vote is counted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TurnoutDocument(String ballotId, @Nullable String option, long stepSeconds, List<Point> points) {}
