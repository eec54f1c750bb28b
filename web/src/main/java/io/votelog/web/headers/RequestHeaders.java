// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** How Spring reads what clients send; for an app to import. */
@Configuration(proxyBeanMethods = false)
public class RequestHeaders implements WebFluxConfigurer {
    @Override
    public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
        builder.resolver(new AcceptResolver());
    }

    @Bean
    BoundedTags boundedTags() {
        return new BoundedTags();
    }
}
