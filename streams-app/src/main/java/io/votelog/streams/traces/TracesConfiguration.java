// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.traces;

import io.opentelemetry.api.OpenTelemetry;
import io.votelog.streams.topology.VerdictTraces;
import io.votelog.web.traces.RequestObservations;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is told of votes and requests, to whoever collects traces and metrics. */
@Configuration(proxyBeanMethods = false)
class TracesConfiguration {
    /** Where nobody asks for traces, no header of a vote is looked at. */
    @Bean
    VerdictTraces verdictTraces(OpenTelemetry telemetry, @Value("${management.opentelemetry.enabled}") boolean traced) {
        return traced ? new VerdictSpans(telemetry) : VerdictTraces.NONE;
    }

    @Bean
    RequestObservations requestObservations() {
        return new RequestObservations();
    }
}
