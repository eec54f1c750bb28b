// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.traces;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How a record of Kafka's and a span name each other: the record by the header {@code traceparent} (W3C Trace Context), the span by attributes of
 * OpenTelemetry's semantic conventions for messaging. The conventions' {@code tracestate} is for vendors of tracing, and has no bound: it is neither
 * written nor read.
 */
public final class RecordTrace {
    /** Where the record stands in its partition. */
    public static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
    private static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");

    private static final String TRACE_PARENT = "traceparent";

    /** The length of version 00, the only one there is. */
    private static final int TRACE_PARENT_BYTES = 55;

    private static final TextMapSetter<Headers> TO_HEADERS = (headers, name, value) -> {
        if (headers != null && name.equals(TRACE_PARENT)) {
            headers.add(name, value.getBytes(StandardCharsets.ISO_8859_1));
        }
    };

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

    private RecordTrace() {}

    /**
     * Says on a span what is done with a record.
     *
     * @param operation {@code send} or {@code process}
     */
    public static void describe(Span span, String operation, String topic, int partition) {
        span.setAttribute(SYSTEM, "kafka")
                .setAttribute(OPERATION, operation)
                .setAttribute(OPERATION_TYPE, operation)
                .setAttribute(TOPIC, topic)
                .setAttribute(PARTITION, Integer.toString(partition));
    }

    /** Names the trace of the context's span in a record's headers. */
    public static void write(Context trace, Headers headers) {
        W3CTraceContextPropagator.getInstance().inject(trace, headers, TO_HEADERS);
    }

    /**
     * The trace that a record names; {@link Context#root()} where it names none, or one that is malformed.
     *
     * @param headers which may be anything
     */
    public static Context read(Headers headers) {
        Header named = headers.lastHeader(TRACE_PARENT);
        return named == null || named.value() == null || named.value().length != TRACE_PARENT_BYTES
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), named, FROM_HEADER);
    }
}
