// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.limits;

import io.votelog.web.limits.ClientLimits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The limits for one user, one voter and one client address. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ClientLimits.class)
class LimitsConfiguration {
    @Bean
    FairUse fairUse(Limits limits, ClientLimits clients) {
        return new FairUse(limits, clients.clientAddress(), System::nanoTime);
    }
}
