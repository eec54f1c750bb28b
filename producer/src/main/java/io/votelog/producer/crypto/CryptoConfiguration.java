// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The secret that turns voters into pseudonyms. */
@Configuration(proxyBeanMethods = false)
class CryptoConfiguration {
    @Bean
    Pepper pepper(PepperSettings settings) {
        return settings.parsed();
    }
}
