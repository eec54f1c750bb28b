// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.schemas.DeadLetters;
import io.votelog.streams.topology.VerdictListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CountedVerdictsTest {
    private static final RecordMetadata AT =
            new ProcessorRecordContext(0, 0, 0, "votelog.votes.v1", new RecordHeaders());

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Object> passedOn = new ArrayList<>();
    private final CountedVerdicts counted = new CountedVerdicts(meters, new VerdictListener() {
        @Override
        public void decided(
                Headers ofVote,
                Headers ofVerdict,
                RecordMetadata at,
                Outcome outcome,
                @Nullable RejectionReason reason) {
            passedOn.add(reason == null ? outcome : reason);
        }

        @Override
        public void buried(DeadLetters.Cause cause) {
            passedOn.add(cause);
        }
    });

    @Test
    void everyOutcomeReasonAndCauseShouldHaveACounterFromTheStart() {
        assertThat(told("votelog.verdicts"))
                .hasSize(2 + RejectionReason.values().length - 1)
                .containsEntry("accepted none", 0.0)
                .containsEntry("retried none", 0.0)
                .containsEntry("rejected ALREADY_VOTED", 0.0);
        assertThat(told("votelog.dead.letters"))
                .hasSize(DeadLetters.Cause.values().length)
                .containsEntry("UNDECODABLE", 0.0);
    }

    @Test
    void shouldCountEachUnderItsNameAndPassItOn() {
        decide(Outcome.ACCEPTED, null);
        decide(Outcome.ACCEPTED, null);
        decide(Outcome.RETRIED, null);
        decide(Outcome.REJECTED, RejectionReason.ALREADY_VOTED);
        counted.buried(DeadLetters.Cause.BAD_KEY);

        assertThat(nonZero("votelog.verdicts"))
                .containsOnly(
                        Map.entry("accepted none", 2.0),
                        Map.entry("retried none", 1.0),
                        Map.entry("rejected ALREADY_VOTED", 1.0));
        assertThat(nonZero("votelog.dead.letters")).containsOnly(Map.entry("BAD_KEY", 1.0));
        assertThat(passedOn)
                .containsExactly(
                        Outcome.ACCEPTED,
                        Outcome.ACCEPTED,
                        Outcome.RETRIED,
                        RejectionReason.ALREADY_VOTED,
                        DeadLetters.Cause.BAD_KEY);
    }

    private void decide(Outcome outcome, @Nullable RejectionReason reason) {
        counted.decided(new RecordHeaders(), new RecordHeaders(), AT, outcome, reason);
    }

    private Map<String, Double> nonZero(String name) {
        return told(name).entrySet().stream()
                .filter(each -> each.getValue() != 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Map<String, Double> told(String name) {
        return meters.find(name).counters().stream()
                .collect(Collectors.toMap(
                        counter -> counter.getId().getTags().stream()
                                .map(tag -> tag.getValue())
                                .collect(Collectors.joining(" ")),
                        Counter::count));
    }
}
