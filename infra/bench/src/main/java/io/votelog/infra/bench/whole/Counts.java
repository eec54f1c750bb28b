// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.List;

/**
 * What has been counted of a ballot.
 *
 * @param votes that count
 * @param options votes for each option, in the order of the ballot
 */
record Counts(long votes, List<Long> options) {
    Counts {
        options = List.copyOf(options);
    }
}
