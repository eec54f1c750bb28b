// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.source.PartitionTail;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.events.ReasonCount;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Follows the published results, and makes the statements that are sealed of final ones. */
public final class FinalResults implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<PartitionTail> results;
    private final Map<String, BallotResults> finals = new TreeMap<>();

    /** @param results by partition; closed with this object */
    public FinalResults(List<PartitionTail> results) {
        this.results = results;
    }

    /** The number of partitions of results that are followed. */
    int partitions() {
        return results.size();
    }

    /**
     * Reads results up to these offsets.
     *
     * @param ends the present end offsets, by partition
     * @return the newest final results of each ballot that has any
     */
    List<BallotResults> upTo(long[] ends) {
        for (int partition = 0; partition < ends.length; partition++) {
            PartitionTail tail = results.get(partition);
            long end = ends[partition];
            for (ConsumerRecord<byte[], byte[]> record = tail.peek(end); record != null; record = tail.peek(end)) {
                take(record.value());
                tail.take();
            }
        }
        return List.copyOf(finals.values());
    }

    private void take(byte @Nullable [] value) {
        try {
            BallotResults newest = Events.decode(value, BallotResults.class);
            if (newest.getStatus() == BallotStatus.FINAL) {
                finals.put(newest.getBallotId(), newest);
            }
        } catch (MalformedEventException e) {
            // Bytes that are no event are shown to no reader as results.
        }
    }

    /**
     * The statement of a final result that is sealed, as JSON: the digest of the definition, the turnout, the votes by
     * option in the definition's order, and the checkpoints of both trees that it counts. It has no positions and no
     * times, since a log's tiles may be public.
     */
    static String statement(BallotResults results, Checkpoint votes, Checkpoint verdicts) {
        Map<String, Object> rejected = new LinkedHashMap<>();
        for (ReasonCount count : results.getRejected()) {
            rejected.put(count.getReason().name(), count.getCount());
        }
        Map<String, Object> turnout = new LinkedHashMap<>();
        turnout.put("received", results.getReceived());
        turnout.put("accepted", results.getAccepted());
        turnout.put("retried", results.getRetried());
        turnout.put("rejected", rejected);
        turnout.put("annulled", results.getAnnulled());
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("ballotId", results.getBallotId());
        statement.put("definition", BallotDefinition.hex(results.getDigest()));
        statement.put("revision", results.getRevision());
        statement.put("turnout", turnout);
        statement.put("votes", results.getVotes());
        Map<String, Object> trees = new LinkedHashMap<>();
        trees.put("votes", head(votes));
        trees.put("verdicts", head(verdicts));
        statement.put("trees", trees);
        return JSON.writeValueAsString(statement);
    }

    private static Map<String, Object> head(Checkpoint tree) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("origin", tree.origin());
        head.put("size", tree.size());
        head.put("root", StrictEncoding.base64(tree.root()));
        return head;
    }

    @Override
    public void close() {
        results.forEach(PartitionTail::close);
    }
}
