// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.producer.crypto.GatewayKey;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Promises. */
@Configuration(proxyBeanMethods = false)
class PromisesConfiguration {
    /** The key stands in the log before there is a signer, and so before the first promise. */
    @Bean
    PromiseSigner promiseSigner(GatewayKey key, MeterRegistry meters) {
        PromiseSigner promises = new PromiseSigner(key);
        Gauge.builder("votelog.promises.waiting", promises, PromiseSigner::waiting)
                .description("votes that are acknowledged and wait to be promised")
                .register(meters);
        FunctionCounter.builder("votelog.promises.missing", promises, PromiseSigner::unpromised)
                .description("votes that were answered without the promise that they were asked for")
                .register(meters);
        return promises;
    }

    @Bean
    OpeningTickets openingTickets(GatewayKey key, OpeningSettings settings, Clock clock) {
        return new OpeningTickets(key, settings, clock);
    }
}
