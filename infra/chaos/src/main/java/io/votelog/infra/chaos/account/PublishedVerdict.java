// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.events.Outcome;
import io.votelog.events.VoteDecided;
import io.votelog.infra.chaos.load.Place;
import io.votelog.schemas.DeadLetters;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What was published on one record of votes.
 *
 * @param place of the record
 * @param outcome as {@link Recount} has the words
 */
record PublishedVerdict(Place place, String outcome, String ballotId, UUID voteId) {
    /** The header with the id of a decision's event: the vote's partition, a slash and the vote's offset. */
    private static final String EVENT_ID = "ce_id";

    /**
     * The verdict in a record of decisions.
     *
     * @throws MalformedEventException where it holds none
     */
    static PublishedVerdict of(ConsumerRecord<byte[], byte[]> record) throws MalformedEventException {
        VoteDecided decided = Events.decode(record.value(), VoteDecided.class);
        String outcome = decided.getOutcome() == Outcome.REJECTED
                ? String.valueOf(decided.getReason())
                : decided.getOutcome().name();
        return new PublishedVerdict(
                new Place(partition(record), decided.getVoteOffset()),
                outcome,
                decided.getBallotId(),
                decided.getVoteId());
    }

    /** A vote of an unknown ballot may stand in another partition than its key's, where its verdict stands. */
    private static int partition(ConsumerRecord<byte[], byte[]> record) {
        String id = header(record, EVENT_ID);
        int slash = id.indexOf('/');
        return slash > 0 && id.substring(0, slash).matches("[0-9]{1,9}")
                ? Integer.parseInt(id.substring(0, slash))
                : record.partition();
    }

    /** The outcome of a record that was put aside: {@link Recount#DEAD_LETTER} and the cause. */
    static PublishedVerdict ofDeadLetter(ConsumerRecord<byte[], byte[]> record) {
        return new PublishedVerdict(
                new Place(
                        Integer.parseInt(header(record, DeadLetters.PARTITION)),
                        Long.parseLong(header(record, DeadLetters.OFFSET))),
                Recount.DEAD_LETTER + header(record, DeadLetters.CAUSE),
                "",
                new UUID(0, 0));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
