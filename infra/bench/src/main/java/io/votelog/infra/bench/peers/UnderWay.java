// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Votes that wait for a connection to the store. Whichever is free takes all of them at once: under load batches grow by themselves,
 * and a vote that comes alone waits for nobody.
 */
final class UnderWay {
    private static final int MOST = 1024;

    private final BlockingQueue<CastVote> waiting = new LinkedBlockingQueue<>();

    UnderWay(List<VoteStore> writers) {
        for (VoteStore writer : writers) {
            Thread thread = new Thread(() -> write(writer), "writer");
            thread.setDaemon(true);
            thread.start();
        }
    }

    CompletableFuture<Boolean> cast(String voter, List<Integer> options) {
        CastVote vote = CastVote.of(voter, options);
        waiting.add(vote);
        return vote.counted();
    }

    private void write(VoteStore store) {
        List<CastVote> batch = new ArrayList<>();
        while (true) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, MOST - 1);
                store.cast(batch);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                batch.forEach(vote -> vote.counted().completeExceptionally(e));
            }
            batch.clear();
        }
    }
}
