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
 * Seals the log step by step: new records of votes; then, once the streams apps have counted them, the verdicts on
 * them; then results that have become final.
 */
public final class Sealer {
    /** The most records of one seal, so that readers see the tree grow while the sealer catches up with a long log. */
    private static final long MOST_AT_ONCE = 1 << 20;

    private final SealsTopic topic;
    private final CountingProgress progress;
    private final SealedTreeWriter votes;
    private final SealedTreeWriter verdicts;
    private final FinalResults results;
    private final int partitions;
    private long[] lastEnds;

    /** Final results that are not sealed yet, with the ends of votes when they were first seen. */
    private final Map<BallotResults, long[]> waiting = new LinkedHashMap<>();

    /**
     * Goes on where the topic of seals ends.
     *
     * @param votes the tree of votes
     * @param verdicts the tree of verdicts
     * @param results where final results come from
     */
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
        this.lastEnds = new long[partitions];
        verdicts.behind(votes);
    }

    /** Whether partitions were added to votes since this sealer was created. A new sealer seals them too. */
    public boolean isOutgrown() {
        return progress.partitions(List.of(Topics.VOTES.name())).getOrDefault(Topics.VOTES.name(), 0) > partitions;
    }

    /**
     * Seals what is there now, up to where votes are decided.
     *
     * @return whether nothing is left to seal
     */
    public boolean step() {
        // Results are read before the log's end, so the records below that end include all that these results count.
        List<BallotResults> finals = results.upTo(progress.ends(Topics.RESULTS.name(), results.partitions()));
        long[] ends = progress.ends(Topics.VOTES.name(), partitions);
        lastEnds = ends;
        waiting.keySet().retainAll(finals);
        for (BallotResults result : finals) {
            if (!topic.holds(result.getBallotId(), result.getRevision())) {
                waiting.putIfAbsent(result, ends);
            }
        }
        // A result is sealed only when both trees hold all records before it. Under steady load that would never be so;
        // therefore new records wait while a result can be sealed.
        if (waiting.values().stream().noneMatch(this::sealed)) {
            sealLog(ends);
        }
        catchUp();
        if (upToDate()) {
            sealResults();
        }
        return upToDate() && waiting.isEmpty() && sealed(ends);
    }

    /** Brings both trees up to what the sealer that is active has signed, for a sealer that follows the topic of seals. */
    public void follow() {
        lastEnds = progress.ends(Topics.VOTES.name(), partitions);
        topic.follow(progress.ends(Topics.SEALS.name(), 1)[0]);
        catchUp();
    }

    /** By partition of votes: how many of its records were not sealed after the last step. */
    public long[] unsealed() {
        long[] sealedTo = topic.sealedTo();
        long[] unsealed = new long[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            unsealed[partition] = Math.max(0, lastEnds[partition] - sealedTo[partition]);
        }
        return unsealed;
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

    /** Brings both trees up to date at the same time, on two threads; they share the topic of seals alone. */
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
        verdicts.showHeld();
    }

    private boolean upToDate() {
        int seals = topic.seals().size();
        return votes.seals() == seals && verdicts.seals() == seals;
    }
}
