package io.votelog.producer;

import io.votelog.web.headers.AcceptResolver;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** How Spring reads what clients send. */
@Configuration(proxyBeanMethods = false)
class RequestHeaders implements WebFluxConfigurer {
    @Override
    public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
        builder.resolver(new AcceptResolver());
    }
}
