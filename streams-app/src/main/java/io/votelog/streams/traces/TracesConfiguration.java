// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.traces;

import io.opentelemetry.api.OpenTelemetry;
import io.votelog.streams.topology.VerdictListener;
import io.votelog.web.traces.TracesSetup;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What is told of votes, to whoever collects traces. */
@Configuration(proxyBeanMethods = false)
@Import(TracesSetup.class)
class TracesConfiguration {
    /** Where nobody asks for traces, no header of a vote is looked at. */
    @Bean
    VerdictListener verdictTraces(
            OpenTelemetry telemetry, @Value("${management.opentelemetry.enabled}") boolean traced) {
        return traced ? new VerdictSpans(telemetry) : VerdictListener.NONE;
    }
}
