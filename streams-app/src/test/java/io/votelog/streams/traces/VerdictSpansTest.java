// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.votelog.events.Outcome;
import io.votelog.events.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictSpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final RecordMetadata AT = new RecordMetadata() {
        @Override
        public String topic() {
            return "votelog.votes.v1";
        }

        @Override
        public int partition() {
            return 2;
        }

        @Override
        public long offset() {
            return 4711;
        }
    };

    private final InMemorySpanExporter told = InMemorySpanExporter.create();
    private final Headers ofVerdict = new RecordHeaders();
    private final VerdictSpans spans = new VerdictSpans(OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(told))
                    .build())
            .build());

    @Test
    void shouldAddTheVerdictToTheVotesTraceAndHandItOn() {
        Headers ofVote = new RecordHeaders().add("traceparent", ascii("00-%s-%s-01".formatted(TRACE, PARENT)));
        spans.decided(ofVote, ofVerdict, AT, Outcome.REJECTED, RejectionReason.ALREADY_VOTED);

        SpanData verdict = told.getFinishedSpanItems().get(0);
        assertThat(verdict.getTraceId()).isEqualTo(TRACE);
        assertThat(verdict.getParentSpanId()).isEqualTo(PARENT);
        assertThat(verdict.getName()).isEqualTo("process votelog.votes.v1");
        assertThat(verdict.getAttributes().get(AttributeKey.stringKey("votelog.outcome")))
                .isEqualTo("REJECTED");
        assertThat(verdict.getAttributes().get(AttributeKey.stringKey("votelog.reason")))
                .isEqualTo("ALREADY_VOTED");
        assertThat(ofVerdict.toArray()).hasSize(1);
        assertThat(new String(ofVerdict.lastHeader("traceparent").value(), StandardCharsets.US_ASCII))
                .isEqualTo("00-%s-%s-01", TRACE, verdict.getSpanId());
    }

    /** Whoever can write to the log may write any header. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "\u00e900-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01"
            })
    void shouldPassOverWhatIsNoSampledTrace(String value) {
        decide(value.getBytes(StandardCharsets.UTF_8));
        assertThat(told.getFinishedSpanItems()).isEmpty();
        assertThat(ofVerdict.toArray()).isEmpty();
    }

    @Test
    void shouldPassOverAnyBytes() {
        Random random = new Random(20_211_205);
        for (int length : new int[] {0, 1, 54, 55, 56, 1_000_000}) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            decide(bytes);
        }
        decide(null);
        assertThat(told.getFinishedSpanItems()).isEmpty();
        assertThat(ofVerdict.toArray()).isEmpty();
    }

    private void decide(byte[] value) {
        spans.decided(new RecordHeaders().add("traceparent", value), ofVerdict, AT, Outcome.ACCEPTED, null);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
