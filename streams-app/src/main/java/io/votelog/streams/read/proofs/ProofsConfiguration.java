// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.proofs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Voters' proofs. */
@Configuration(proxyBeanMethods = false)
class ProofsConfiguration {
    @Bean
    SealerClient sealerClient(SealedLogSettings settings) {
        return new SealerClient(settings.urls(), settings.timeout());
    }
}
