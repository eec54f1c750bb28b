// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.traces;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import io.votelog.streams.topology.VerdictTraces;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the trace of a vote, whose record names it in the header {@code traceparent} (W3C Trace Context), a span with its verdict, and hands the
 * trace on in the verdict's record. A vote without that header, or with one that is malformed or not sampled, has no trace. The span is named
 * when the verdict is made, which is a moment before it is committed.
 */
final class VerdictSpans implements VerdictTraces {
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("votelog.outcome");
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("votelog.reason");

    private static final String TRACE_PARENT = "traceparent";

    /** The length of version 00, the only one there is. */
    private static final int TRACE_PARENT_BYTES = 55;

    private static final TextMapGetter<Header> FROM_HEADER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Header carrier) {
            return List.of(TRACE_PARENT);
        }

        @Override
        public @Nullable String get(@Nullable Header carrier, String key) {
            return carrier == null || !key.equals(TRACE_PARENT)
                    ? null
                    : new String(carrier.value(), StandardCharsets.ISO_8859_1);
        }
    };

    private static final TextMapSetter<Headers> TO_HEADERS = (headers, name, value) -> {
        if (headers != null && name.equals(TRACE_PARENT)) {
            headers.add(name, value.getBytes(StandardCharsets.ISO_8859_1));
        }
    };

    private final Tracer tracer;

    VerdictSpans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("io.votelog.streams");
    }

    @Override
    public void decided(
            Headers ofVote, Headers ofVerdict, RecordMetadata at, Outcome outcome, @Nullable RejectionReason reason) {
        Header named = ofVote.lastHeader(TRACE_PARENT);
        if (named == null || named.value() == null || named.value().length != TRACE_PARENT_BYTES) {
            return;
        }
        Context vote = W3CTraceContextPropagator.getInstance().extract(Context.root(), named, FROM_HEADER);
        if (!Span.fromContext(vote).getSpanContext().isSampled()) {
            return;
        }
        Span span = tracer.spanBuilder("process " + at.topic())
                .setParent(vote)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute(SYSTEM, "kafka")
                .setAttribute(OPERATION, "process")
                .setAttribute(OPERATION_TYPE, "process")
                .setAttribute(TOPIC, at.topic())
                .setAttribute(PARTITION, Integer.toString(at.partition()))
                .setAttribute(OFFSET, at.offset())
                .setAttribute(OUTCOME, outcome.name())
                .startSpan();
        if (reason != null) {
            span.setAttribute(REASON, reason.name());
        }
        W3CTraceContextPropagator.getInstance().inject(vote.with(span), ofVerdict, TO_HEADERS);
        span.end();
    }
}
