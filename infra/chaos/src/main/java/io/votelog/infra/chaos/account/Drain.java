// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.system.Pauses;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/** Waits, by offsets, until all that stands in votes is counted and no transaction is open any more. */
final class Drain {
    private static final String COUNTING_GROUP = "votelog-streams";
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final List<Topic> WRITTEN_IN_TRANSACTIONS =
            List.of(Topics.DECISIONS, Topics.DEAD_LETTERS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS);

    private final LogReader log;
    private final Offences offences;

    Drain(LogReader log, Offences offences) {
        this.log = log;
        this.offences = offences;
    }

    void await() {
        long end = System.nanoTime() + LIMIT.toNanos();
        String left = left();
        while (!left.isEmpty() && System.nanoTime() - end < 0) {
            Pauses.sleep(LOOK_EVERY);
            left = left();
        }
        if (!left.isEmpty()) {
            offences.add(Law.NOT_DRAINED, "%s, %d s after the last fault".formatted(left, LIMIT.toSeconds()));
        }
    }

    /** What is not done yet; empty where all of it is. */
    private String left() {
        try {
            Map<Integer, Long> ends = log.ends(Topics.VOTES);
            Map<Integer, Long> committed = log.committed(COUNTING_GROUP, Topics.VOTES);
            for (Map.Entry<Integer, Long> end : ends.entrySet()) {
                long counted = committed.getOrDefault(end.getKey(), 0L);
                if (counted < end.getValue()) {
                    return "votes, partition %d, is counted up to offset %d of %d"
                            .formatted(end.getKey(), counted, end.getValue());
                }
            }
            for (Topic topic : WRITTEN_IN_TRANSACTIONS) {
                if (!log.ends(topic).equals(log.committedEnds(topic))) {
                    return "a transaction is open in " + topic.name();
                }
            }
            return "";
        } catch (KafkaException e) {
            return "the brokers do not say how far it is: " + e.getMessage();
        }
    }
}
