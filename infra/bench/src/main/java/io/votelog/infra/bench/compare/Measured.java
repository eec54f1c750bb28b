// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One round of a row.
 *
 * @param rate accepted a second
 * @param latency in microseconds, if it is told of
 * @param failed requests not answered 202
 * @param cpu microseconds each accepted one took, by process
 */
record Measured(double rate, @Nullable Histogram latency, long failed, Map<String, Double> cpu) {}
