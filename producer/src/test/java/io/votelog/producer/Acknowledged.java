// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.VoteCast;
import io.votelog.infra.testing.TopicReader;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.JsonNode;

/** The votes that were answered 202, to be compared with those that the log holds. */
final class Acknowledged {
    private final List<UUID> voteIds = new ArrayList<>();
    private final Set<UUID> unknown = new HashSet<>();

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
        voteIds.add(UUID.fromString(acknowledgement.path("voteId").stringValue()));
    }

    /** Notes a vote whose connection was cut before its answer came: it may be in the log or not. */
    synchronized void noteUnknown(UUID voteId) {
        unknown.add(voteId);
    }

    synchronized int count() {
        return voteIds.size();
    }

    /**
     * Asserts that the log has every acknowledged vote as often as it was acknowledged, and no other vote except perhaps the
     * unknown ones.
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
        logged.forEach(missing::remove);
        assertThat(missing).as("acknowledged, and not in the log").isEmpty();
        assertThat(unknown).as("in the log, and not acknowledged").containsAll(beyond);
    }

    private static VoteCast vote(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Events.decode(record.value(), VoteCast.class);
        } catch (MalformedEventException e) {
            throw new AssertionError(e);
        }
    }
}
