// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

/**
 * What one accident took, and what the instance takes that goes on.
 *
 * @param diskBytes of its state directory, for each voter
 * @param heapKb in use after a full collection, when it was back
 * @param consumer seconds in which a plain consumer reads all votes, in the same round
 */
record Measured(BackAgain back, double diskBytes, long heapKb, double consumer) {}
