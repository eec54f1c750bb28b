// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whose tokens are trusted. */
@Configuration(proxyBeanMethods = false)
class AuthConfiguration {
    @Bean
    BearerTokens bearerTokens(AuthSettings settings) {
        return BearerTokens.of(settings);
    }
}
