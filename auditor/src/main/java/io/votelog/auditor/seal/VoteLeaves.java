// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.PartitionTail;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes the leaves of the tree of votes, which commit to the records. */
public final class VoteLeaves implements LeafSource {
    private final List<PartitionTail> votes;
    private final Commitments commitments = new Commitments();

    /** @param votes by partition; closed with this object */
    public VoteLeaves(List<PartitionTail> votes) {
        this.votes = votes;
    }

    @Override
    public boolean ready(Seal.OfLog seal) {
        return true;
    }

    @Override
    public void leaves(Seal.OfLog seal, Consumer<Leaf> leaves) {
        for (int partition = 0; partition < seal.ends().length; partition++) {
            PartitionTail tail = votes.get(partition);
            long end = seal.ends()[partition];
            long next = seal.begins()[partition];
            tail.seek(next);
            for (ConsumerRecord<byte[], byte[]> record = tail.peek(end); record != null; record = tail.peek(end)) {
                if (record.offset() != next) {
                    break;
                }
                leaves.accept(commitments.leaf(record));
                tail.take();
                next++;
            }
            if (next < end) {
                throw new AuditException("partition %d of votes has no record at offset %d; up to %d is sealed"
                        .formatted(partition, next, end));
            }
        }
    }

    @Override
    public void close() {
        votes.forEach(PartitionTail::close);
    }
}
