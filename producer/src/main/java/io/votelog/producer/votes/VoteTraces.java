// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.votelog.schemas.Topics;
import io.votelog.web.problem.Problem;
import io.votelog.web.traces.RecordTrace;
import org.apache.kafka.common.header.Headers;
import reactor.core.publisher.Mono;

/**
 * The traces of votes in OpenTelemetry's terms: a span for the request with a single vote, and one for the vote's way into the log and back. Of the
 * votes that are sampled, the record carries the trace's id in the header {@code traceparent} (W3C Trace Context), so that
 * the count can add the verdict. The id is drawn here, whatever the client sends. A span tells the route, the place in the log and the outcome, and
 * never who votes, from where or for what. Names of spans and attributes are those of OpenTelemetry's semantic conventions (HTTP; messaging).
 */
public final class VoteTraces {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private static final String TEMPLATE = "/v1/ballots/{ballotId}/votes";
    private static final int RECORDED = 202;

    private final Tracer tracer;

    VoteTraces(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("io.votelog.producer");
    }

    /** Begins the trace of a request with a single vote. */
    public Context request() {
        Span span = tracer.spanBuilder("POST " + TEMPLATE)
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        if (span.isRecording()) {
            span.setAttribute(METHOD, "POST").setAttribute(ROUTE, TEMPLATE);
        }
        return Context.root().with(span);
    }

    /** The reply to the request, which ends with it, or when the client goes away. */
    public Mono<VoteDesk.Reply> follow(Context request, Mono<VoteDesk.Reply> reply) {
        Span span = Span.fromContext(request);
        if (!span.isRecording()) {
            return reply;
        }
        return reply.doOnNext(given -> {
                    if (given.answer() instanceof VoteAnswer.NotRecorded refused) {
                        Problem problem = refused.problem();
                        span.setAttribute(STATUS, problem.status()).setAttribute(ERROR, problem.code());
                        if (problem.status() >= 500) {
                            span.setStatus(StatusCode.ERROR);
                        }
                    } else {
                        span.setAttribute(STATUS, RECORDED);
                    }
                })
                .doFinally(signal -> span.end());
    }

    /**
     * Begins the span of a vote's way into the log.
     *
     * @param parent the request's trace; {@link Context#root()} for the line of a batch, which is a trace of its own
     * @param headers the record's, which get the trace's id where the vote is sampled
     */
    Span sending(Context parent, int partition, Headers headers) {
        Span span = tracer.spanBuilder("send " + Topics.VOTES.name())
                .setParent(parent)
                .setSpanKind(SpanKind.PRODUCER)
                .startSpan();
        if (span.isRecording()) {
            RecordTrace.describe(span, "send", Topics.VOTES.name(), partition);
            RecordTrace.write(parent.with(span), headers);
        }
        return span;
    }

    /** Ends the span of a vote's way into the log. */
    static void sent(Span sending, AppendOutcome outcome) {
        if (!sending.isRecording()) {
            return;
        }
        if (outcome instanceof AppendOutcome.Appended appended) {
            sending.setAttribute(RecordTrace.OFFSET, appended.offset());
        } else {
            sending.setStatus(StatusCode.ERROR)
                    .setAttribute(ERROR, outcome instanceof AppendOutcome.NoRoom ? "overloaded" : "outcome-unknown");
        }
        sending.end();
    }
}
