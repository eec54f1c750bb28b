// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import io.votelog.producer.crypto.GatewayKey;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Promises. */
@Configuration(proxyBeanMethods = false)
class PromisesConfiguration {
    /** The key stands in the log before there is a signer, and so before the first promise. */
    @Bean
    PromiseSigner promiseSigner(GatewayKey key) {
        return new PromiseSigner(key);
    }
}
