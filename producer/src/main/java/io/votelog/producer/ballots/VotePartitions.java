// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import java.util.function.IntSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * How many partitions the votes topic has, and over how many of them a new ballot is spread. A ballot keeps for good the number that
 * it was published with, so partitions that are added to the topic are for ballots that come later: once they are counted, and this
 * gateway has started again since.
 */
public final class VotePartitions {
    private final int atStart;
    private final int ofNewBallots;
    private final IntSupplier asked;
    private volatile int known;

    /**
     * @param atStart how many the topic had when this gateway started
     * @param counted for how many there are verdicts: as many as the decisions topic has
     * @param asked how many it has now; throws a {@link KafkaException} where that is not known at the moment
     */
    VotePartitions(int atStart, int counted, IntSupplier asked) {
        this.atStart = atStart;
        this.ofNewBallots = Math.min(atStart, counted);
        this.asked = asked;
        this.known = atStart;
    }

    /** How many the topic had when this gateway started. */
    public int atStart() {
        return atStart;
    }

    /** Over how many a ballot is spread that is published here. */
    public int ofNewBallots() {
        return ofNewBallots;
    }

    /** How many the topic has, as far as this gateway has heard. */
    int now() {
        try {
            known = asked.getAsInt();
        } catch (KafkaException | IllegalStateException notKnownNow) {
            // What was known last still holds: Kafka takes no partition away.
        }
        return known;
    }
}
