// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.CountingProgress;
import io.votelog.events.BallotResults;
import io.votelog.schemas.Topics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Seals the log: again and again what has come to votes since, then, once the counting has passed it, the verdicts on it, then
 * the results that have become final.
 */
public final class Sealer {
    /** A log that is caught up on is sealed in parts of this many records, so that readers see it grow. */
    private static final long MOST_AT_ONCE = 1 << 20;

    private final SealsTopic topic;
    private final CountingProgress progress;
    private final SealedTreeWriter votes;
    private final SealedTreeWriter verdicts;
    private final FinalResults results;
    private final int partitions;

    /** Results that are final and not sealed yet, and where the log ended when they were seen first. */
    private final Map<BallotResults, long[]> waiting = new LinkedHashMap<>();

    public Sealer(
            SealsTopic topic,
            CountingProgress progress,
            SealedTreeWriter votes,
            SealedTreeWriter verdicts,
            FinalResults results) {
        this.topic = topic;
        this.progress = progress;
        this.votes = votes;
        this.verdicts = verdicts;
        this.results = results;
        this.partitions = topic.sealedTo().length;
    }

    /** Whether partitions were added to votes since it was made. Who makes another one then seals them too. */
    public boolean isOutgrown() {
        return progress.partitions(List.of(Topics.VOTES.name())).getOrDefault(Topics.VOTES.name(), 0) > partitions;
    }

    /**
     * Seals what is there now, as far as it is decided.
     *
     * @return whether nothing is left to do
     */
    public boolean step() {
        // First the results, then the log's end: so what is sealed below that end holds all that these results count.
        List<BallotResults> finals = results.upTo(progress.ends(Topics.RESULTS.name(), results.partitions()));
        long[] ends = progress.ends(Topics.VOTES.name(), partitions);
        waiting.keySet().retainAll(finals);
        for (BallotResults result : finals) {
            if (!topic.holds(result.getBallotId(), result.getRevision())) {
                waiting.putIfAbsent(result, ends);
            }
        }
        // A result is sealed when both trees hold all before it. Under a flood that is never so, unless the flood
        // waits.
        if (waiting.values().stream().noneMatch(this::sealed)) {
            sealLog(ends);
        }
        catchUp();
        if (upToDate()) {
            sealResults();
        }
        return upToDate() && waiting.isEmpty() && sealed(ends);
    }

    private void sealResults() {
        List<BallotResults> ready = waiting.entrySet().stream()
                .filter(entry -> sealed(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        for (BallotResults result : ready) {
            topic.sealResult(
                    result.getBallotId(),
                    result.getRevision(),
                    FinalResults.statement(result, votes.checkpoint(), verdicts.checkpoint()));
            catchUp();
            waiting.remove(result);
        }
    }

    private boolean sealed(long[] ends) {
        long[] sealedTo = topic.sealedTo();
        for (int partition = 0; partition < partitions; partition++) {
            if (sealedTo[partition] < ends[partition]) {
                return false;
            }
        }
        return true;
    }

    private void sealLog(long[] ends) {
        long[] from = topic.sealedTo();
        long[] to = new long[partitions];
        long left = MOST_AT_ONCE;
        for (int partition = 0; partition < partitions; partition++) {
            if (ends[partition] < from[partition]) {
                throw new AuditException(
                        "partition %d of votes ends at offset %d, and %d records of it are sealed: the log was cut short"
                                .formatted(partition, ends[partition], from[partition]));
            }
            long most = left / (partitions - partition);
            to[partition] = from[partition] + Math.min(most, ends[partition] - from[partition]);
            left -= to[partition] - from[partition];
        }
        if (!Arrays.equals(from, to)) {
            topic.sealLog(to);
        }
    }

    /** Both trees at a time: what they have in common is the topic. */
    private void catchUp() {
        CompletableFuture<Void> beside = CompletableFuture.runAsync(verdicts::catchUp);
        try {
            votes.catchUp();
        } finally {
            try {
                beside.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }

    private boolean upToDate() {
        int seals = topic.seals().size();
        return votes.seals() == seals && verdicts.seals() == seals;
    }
}
