// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A well-formed vote on its way into a store.
 *
 * @param voter the user id, as the token has it
 * @param options indexes of the options that are picked, each once
 * @param counted is told whether the vote counts (else the voter has voted before), once the store has confirmed it
 */
record CastVote(String voter, List<Integer> options, CompletableFuture<Boolean> counted) {
    static CastVote of(String voter, List<Integer> options) {
        return new CastVote(voter, options, new CompletableFuture<>());
    }
}
