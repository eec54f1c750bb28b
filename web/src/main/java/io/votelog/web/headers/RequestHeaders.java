package io.votelog.web.headers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.server.WebFilter;

/** How Spring reads what clients send; for an app to import. */
@Configuration(proxyBeanMethods = false)
public class RequestHeaders implements WebFluxConfigurer {
    @Override
    public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
        builder.resolver(new AcceptResolver());
    }

    /** Before all that looks at a request. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    WebFilter boundedTags() {
        return new BoundedTags();
    }
}
