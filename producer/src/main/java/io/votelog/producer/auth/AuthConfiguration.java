// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.web.settings.CheckedAtStart;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whose tokens are trusted. */
@Configuration(proxyBeanMethods = false)
class AuthConfiguration {
    /** The provider's keys begin to be fetched here, so all settings are checked before. */
    @Bean
    BearerTokens bearerTokens(AuthSettings settings, List<CheckedAtStart> allCheckedBefore) {
        return BearerTokens.of(settings);
    }
}
