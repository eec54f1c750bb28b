// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.TopicReader;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.JsonNode;

/** The votes that were answered 202, to be compared with those that the log holds. */
final class Acknowledged {
    private final List<UUID> voteIds = new ArrayList<>();
    private final List<UUID> unknown = new ArrayList<>();

    /** Notes the votes that an answer acknowledges, be it to a single vote or to a batch. */
    synchronized void note(RawHttp.Answer answer) {
        if (answer.status() == 202) {
            note(answer.json());
        } else if (answer.header("Content-Type")
                .filter("application/x-ndjson"::equals)
                .isPresent()) {
            answer.text()
                    .lines()
                    .map(Gateway.JSON::readTree)
                    .filter(line -> line.path("status").intValue() == 202)
                    .forEach(this::note);
        }
    }

    private void note(JsonNode acknowledgement) {
        note(UUID.fromString(acknowledgement.path("voteId").stringValue()));
    }

    /** Notes a vote that was answered 202. */
    synchronized void note(UUID voteId) {
        voteIds.add(voteId);
    }

    /** Notes a vote that was sent and has no answer, or the answer that its outcome is unknown: the log has it once or not at all. */
    synchronized void noteUnknown(UUID voteId) {
        unknown.add(voteId);
    }

    synchronized int count() {
        return voteIds.size();
    }

    /**
     * Asserts that the log has every acknowledged vote as often as it was acknowledged, and no other vote except perhaps the
     * unknown ones, each at most as often as it was sent.
     */
    synchronized void assertEqualToTheLog(String bootstrapServers, String ballotId) {
        List<UUID> logged = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readAll(bootstrapServers, Topics.VOTES.name())) {
            if (record.key() != null) {
                VoteCast vote = vote(record);
                if (vote.getBallotId().equals(ballotId)) {
                    logged.add(vote.getVoteId());
                }
            }
        }
        List<UUID> beyond = new ArrayList<>(logged);
        List<UUID> missing = new ArrayList<>(voteIds);
        voteIds.forEach(beyond::remove);
        unknown.forEach(beyond::remove);
        logged.forEach(missing::remove);
        assertThat(missing).as("acknowledged, and not in the log").isEmpty();
        assertThat(beyond).as("in the log more often than it was sent").isEmpty();
    }

    private static VoteCast vote(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), VoteCast.class);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }
}
