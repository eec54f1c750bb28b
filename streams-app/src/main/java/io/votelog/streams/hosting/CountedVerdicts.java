// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.schemas.DeadLetters;
import io.votelog.streams.topology.VerdictListener;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Counts the verdicts and the dead letters that this instance has made since it started, for metrics. Those of a transaction that was aborted
 * are made, and counted, once more.
 */
final class CountedVerdicts implements VerdictListener {
    private final Map<Outcome, Counter> outcomes;
    private final Map<RejectionReason, Counter> rejections;
    private final Map<DeadLetters.Cause, Counter> buried;
    private final VerdictListener next;

    /**
     * Every counter is there from the start, with 0: a rate cannot be told from a counter that comes with its first verdict. No verdict has the
     * names that stand on the wire for those of a later schema.
     *
     * @param next is told of the same
     */
    CountedVerdicts(MeterRegistry meters, VerdictListener next) {
        this.next = next;
        this.outcomes = counters(
                Outcome.class,
                Stream.of(Outcome.values())
                        .filter(outcome -> outcome != Outcome.REJECTED && outcome != Outcome.UNSPECIFIED),
                outcome -> verdicts(meters, outcome, "none"));
        this.rejections = counters(
                RejectionReason.class,
                Stream.of(RejectionReason.values()).filter(reason -> reason != RejectionReason.UNSPECIFIED),
                reason -> verdicts(meters, Outcome.REJECTED, reason.name()));
        this.buried = counters(DeadLetters.Cause.class, Stream.of(DeadLetters.Cause.values()), cause -> Counter.builder(
                        "votelog.dead.letters")
                .description("Records of votes that are no votes and were set aside, by cause")
                .tag("cause", cause.name())
                .register(meters));
    }

    private static Counter verdicts(MeterRegistry meters, Outcome outcome, String reason) {
        return Counter.builder("votelog.verdicts")
                .description("Verdicts that this instance has made, by outcome and reason")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .tag("reason", reason)
                .register(meters);
    }

    private static <E extends Enum<E>> Map<E, Counter> counters(
            Class<E> type, Stream<E> all, Function<E, Counter> counter) {
        Map<E, Counter> counters = new EnumMap<>(type);
        all.forEach(each -> counters.put(each, counter.apply(each)));
        return counters;
    }

    @Override
    public void decided(
            Headers ofVote, Headers ofVerdict, RecordMetadata at, Outcome outcome, @Nullable RejectionReason reason) {
        count(reason == null ? outcomes.get(outcome) : rejections.get(reason));
        next.decided(ofVote, ofVerdict, at, outcome, reason);
    }

    @Override
    public void buried(DeadLetters.Cause cause) {
        count(buried.get(cause));
        next.buried(cause);
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }
}
