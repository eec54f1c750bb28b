// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

import io.votelog.events.VoteCast;
import io.votelog.infra.chaos.account.LogReader;
import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.schemas.Events;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.Topics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The votes that stand in the log. */
final class LoggedVotes {
    private final Map<Place, UUID> votes = new TreeMap<>();

    private LoggedVotes() {}

    /** @throws ChaosException where the log cannot be read to its end */
    static LoggedVotes read(String bootstrapServers) {
        LoggedVotes logged = new LoggedVotes();
        if (!new LogReader(bootstrapServers).read(Topics.VOTES, logged::take)) {
            throw new ChaosException("votes cannot be read to its end");
        }
        return logged;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (Events.decode(record.value()).event() instanceof VoteCast vote) {
                votes.put(new Place(record.partition(), record.offset()), vote.getVoteId());
            }
        } catch (MalformedEventException e) {
            throw new ChaosException("partition %d, offset %d of votes is no event: %s"
                    .formatted(record.partition(), record.offset(), e.getMessage()));
        }
    }

    /** How many voters have a vote in it. */
    int voters() {
        return new HashSet<>(votes.values()).size();
    }

    /** Those that are not where they were acknowledged to be. */
    Map<UUID, Answer.Acked> lost(Map<UUID, Answer.Acked> acked) {
        Map<UUID, Answer.Acked> lost = new LinkedHashMap<>(acked);
        lost.entrySet()
                .removeIf(vote -> vote.getKey().equals(votes.get(vote.getValue().place())));
        return lost;
    }
}
