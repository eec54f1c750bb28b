// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.schemas.DeadLetters;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Is told of each verdict and of each dead letter, on the thread that made it. No verdict depends on it. */
@FunctionalInterface
public interface VerdictListener {
    /** Looks at nothing. */
    VerdictListener NONE = (ofVote, ofVerdict, at, outcome, reason) -> {};

    /**
     * A verdict is about to be published. After a crash the same verdict may come again.
     *
     * @param ofVote the headers of the vote's record, which may be anything
     * @param ofVerdict the headers of the verdict's record; more may be added
     * @param at where the vote stands
     * @param reason why it is rejected; else null
     */
    void decided(
            Headers ofVote, Headers ofVerdict, RecordMetadata at, Outcome outcome, @Nullable RejectionReason reason);

    /** A record of votes is no vote, and is about to be set aside as a dead letter. After a crash the same record may come again. */
    default void buried(DeadLetters.Cause cause) {}
}
