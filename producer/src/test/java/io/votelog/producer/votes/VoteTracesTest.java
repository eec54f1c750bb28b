// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.votelog.producer.problem.Problems;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class VoteTracesTest {
    private final InMemorySpanExporter told = InMemorySpanExporter.create();
    private final Headers headers = new RecordHeaders();

    @Test
    void shouldTellOfTheRequestAndOfTheWayIntoTheLogAndNameTheTraceInTheRecord() {
        VoteTraces traces = traces(Sampler.alwaysOn());
        Context request = traces.request();
        Span sending = traces.sending(request, 3, headers);
        VoteTraces.sent(sending, new AppendOutcome.Appended(3, 4711, 0, 0));
        RecordedVote vote = new RecordedVote(
                "room", new Receipt(Pseudonym.of(new byte[Pseudonym.LENGTH]), new UUID(1, 2)), 3, 4711, 0, null);
        traces.follow(request, Mono.just(new VoteDesk.Reply(vote, Optional.empty())))
                .block();

        assertThat(told.getFinishedSpanItems()).hasSize(2);
        SpanData sent = told.getFinishedSpanItems().get(0);
        SpanData answered = told.getFinishedSpanItems().get(1);
        assertThat(answered.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(answered.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(answered.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .isEqualTo(202);
        assertThat(sent.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(sent.getParentSpanId()).isEqualTo(answered.getSpanId());
        assertThat(sent.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset")))
                .isEqualTo(4711);
        assertThat(new String(headers.lastHeader("traceparent").value(), StandardCharsets.US_ASCII))
                .matches("00-%s-%s-0[13]".formatted(sent.getTraceId(), sent.getSpanId()));
        assertThat(headers.toArray()).as("nothing else is written").hasSize(1);
    }

    @Test
    void shouldTellWhyAVoteIsRefusedAndWhatIsTheGatewaysFault() {
        VoteTraces traces = traces(Sampler.alwaysOn());
        for (var problem : List.of(Problems.overloaded(), Problems.tooLarge(10))) {
            traces.follow(
                            traces.request(),
                            Mono.just(new VoteDesk.Reply(new VoteAnswer.NotRecorded(problem), Optional.empty())))
                    .block();
        }
        assertThat(told.getFinishedSpanItems())
                .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("error.type")))
                .containsExactly("overloaded", "too-large");
        assertThat(told.getFinishedSpanItems())
                .extracting(span -> span.getStatus().getStatusCode())
                .containsExactly(StatusCode.ERROR, StatusCode.UNSET);
    }

    @Test
    void shouldEndWhereTheClientGoesAway() {
        VoteTraces traces = traces(Sampler.alwaysOn());
        traces.follow(traces.request(), Mono.never()).subscribe().dispose();
        assertThat(told.getFinishedSpanItems()).hasSize(1);
    }

    @Test
    void shouldTellOfAVoteWhoseOutcomeIsUnknown() {
        VoteTraces traces = traces(Sampler.alwaysOn());
        VoteTraces.sent(
                traces.sending(Context.root(), 0, headers),
                new AppendOutcome.Unknown(new RuntimeException("time out")));
        assertThat(told.getFinishedSpanItems().get(0).getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("outcome-unknown");
    }

    @Test
    void shouldWriteNothingIntoTheLogForAVoteThatIsNotSampled() {
        for (VoteTraces traces : List.of(traces(Sampler.alwaysOff()), new VoteTraces(OpenTelemetry.noop()))) {
            Mono<VoteDesk.Reply> reply = Mono.never();
            Context request = traces.request();
            assertThat(traces.follow(request, reply)).isSameAs(reply);
            VoteTraces.sent(traces.sending(request, 0, headers), new AppendOutcome.Appended(0, 1, 0, 0));
            assertThat(headers.toArray()).isEmpty();
        }
        assertThat(told.getFinishedSpanItems()).isEmpty();
    }

    private VoteTraces traces(Sampler sampler) {
        return new VoteTraces(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(told))
                        .build())
                .build());
    }
}
