// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peers;

import java.util.Map;

/**
 * One round of a row.
 *
 * @param perSecond votes that were acknowledged and counted, by the time from the first request until all of them were counted
 * @param drainSeconds of that time, what passed after the last answer
 * @param cpu microseconds each of these votes took, by process
 */
record Round(double perSecond, double drainSeconds, Map<String, Double> cpu) {}
