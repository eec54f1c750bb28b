// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Is told of each verdict that is published. No verdict depends on it. */
@FunctionalInterface
public interface VerdictTraces {
    /** Keeps no traces. */
    VerdictTraces NONE = (ofVote, ofVerdict, at, outcome, reason) -> {};

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
}
