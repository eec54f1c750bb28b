// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Votes that wait for a connection to the store. Whichever is free takes as many of them as may go in at once: where that is
 * more than one, batches grow under load by themselves, and a vote that comes alone waits for nobody.
 */
final class UnderWay {
    private final BlockingQueue<CastVote> waiting = new LinkedBlockingQueue<>();
    private final int most;

    /**
     * Starts a thread for each connection.
     *
     * @param most votes that go in at once, at least 1
     */
    UnderWay(List<VoteStore> writers, int most) {
        this.most = most;
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
                waiting.drainTo(batch, most - 1);
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
