// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.util.function.IntSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * The number of partitions of the votes topic, and over how many of them a new ballot is spread. A ballot keeps the number with
 * which it was published. Partitions that are added to the topic serve ballots that are published later: once the added ones
 * are counted, and this gateway has restarted.
 */
public final class VotePartitions {
    private final int atStart;
    private final int ofNewBallots;
    private final IntSupplier asked;
    private volatile int known;

    /**
     * @param atStart how many partitions the topic had when this gateway started
     * @param counted for how many partitions there are verdicts: as many as the decisions topic has
     * @param asked asks how many partitions the topic has now; throws a {@link KafkaException} when that is not known at the
     *     moment
     */
    VotePartitions(int atStart, int counted, IntSupplier asked) {
        this.atStart = atStart;
        this.ofNewBallots = Math.min(atStart, counted);
        this.asked = asked;
        this.known = atStart;
    }

    /** The number of partitions that the topic had when this gateway started. */
    public int atStart() {
        return atStart;
    }

    /** The number of partitions over which a ballot is spread that is published here. */
    public int ofNewBallots() {
        return ofNewBallots;
    }

    /** The number of partitions that the topic has, as far as this gateway knows. */
    int now() {
        try {
            known = asked.getAsInt();
        } catch (KafkaException | IllegalStateException notKnownNow) {
            // The last known number still holds at least: Kafka never removes partitions.
        }
        return known;
    }
}
