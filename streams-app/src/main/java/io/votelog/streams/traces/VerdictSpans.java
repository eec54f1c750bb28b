// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.traces;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.streams.topology.VerdictListener;
import io.votelog.web.traces.RecordTrace;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the trace of a vote, whose record names it in the header {@code traceparent} (W3C Trace Context), a span with its verdict, and hands the
 * trace on in the verdict's record. A vote without that header, or with one that is malformed or not sampled, has no trace. The span is named
 * when the verdict is made, which is a moment before it is committed.
 */
final class VerdictSpans implements VerdictListener {
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("votelog.outcome");
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("votelog.reason");

    private final Tracer tracer;

    VerdictSpans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("io.votelog.streams");
    }

    @Override
    public void decided(
            Headers ofVote, Headers ofVerdict, RecordMetadata at, Outcome outcome, @Nullable RejectionReason reason) {
        Context vote = RecordTrace.read(ofVote);
        if (!Span.fromContext(vote).getSpanContext().isSampled()) {
            return;
        }
        Span span = tracer.spanBuilder("process " + at.topic())
                .setParent(vote)
                .setSpanKind(SpanKind.CONSUMER)
                .startSpan();
        RecordTrace.describe(span, "process", at.topic(), at.partition());
        span.setAttribute(RecordTrace.OFFSET, at.offset()).setAttribute(OUTCOME, outcome.name());
        if (reason != null) {
            span.setAttribute(REASON, reason.name());
        }
        RecordTrace.write(vote.with(span), ofVerdict);
        span.end();
    }
}
