// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.traces;

import io.opentelemetry.api.OpenTelemetry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What holds for the traces of both apps. */
@Configuration(proxyBeanMethods = false)
public class TracesSetup {
    /** Where traces are off, none is begun. What Spring Boot has in that case tells nobody of them, but begins one for every request. */
    @Bean
    @ConditionalOnProperty(name = "management.opentelemetry.enabled", havingValue = "false")
    OpenTelemetry openTelemetry() {
        return OpenTelemetry.noop();
    }

    @Bean
    RequestObservations requestObservations() {
        return new RequestObservations();
    }
}
