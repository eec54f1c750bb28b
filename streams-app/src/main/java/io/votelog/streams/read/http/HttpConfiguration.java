// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.http;

import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.problem.Problems;
import io.votelog.streams.read.results.LiveResults;
import io.votelog.web.connections.ConnectionLimit;
import io.votelog.web.connections.ConnectionSettings;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.headers.RequestHeaders;
import io.votelog.web.headers.SafetyHeaders;
import io.votelog.web.headers.StrictTransport;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.origins.OriginFilter;
import io.votelog.web.origins.Origins;
import io.votelog.web.routes.OpenApiRoute;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The public port, and the filters that a request passes before it reaches a route. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ClientLimits.class, ConnectionSettings.class})
@Import(RequestHeaders.class)
class HttpConfiguration {
    /** What the description of the routes calls this side. */
    private static final String DEFAULT_SERVER = "http://localhost:8081";

    @Bean
    ConnectionLimit connectionLimit(ConnectionSettings settings, ClientLimits limits) {
        return new ConnectionLimit(settings.maxConnections(), limits.address().connections(), limits.clientAddress());
    }

    /** Runs after the filter for origins, so that pages of other origins can read why they are refused. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 20)
    RequestLimit requestLimit(ClientLimits limits, InstanceKeys instances) {
        return new RequestLimit(
                limits.reads(),
                limits.clientAddress(),
                instances::introduced,
                refusal -> Problems.tooManyRequests(refusal).exception(),
                System::nanoTime);
    }

    /**
     * Sets up the public port and leaves the management port alone. Customizers of server factories are looked up for each
     * server by itself, while beans of the kinds that this one adds would be found by both servers.
     */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(
            ConnectionSettings settings, WebSettings web, ConnectionLimit limit) {
        Optional<StrictTransport> strictTransport = web.strictTransport().map(StrictTransport::new);
        return factory -> factory.addServerCustomizers(
                server -> PublicPort.of(server, limit, settings.patience(), SafetyHeaders::set, strictTransport));
    }

    /** Runs first, so that pages of other origins learn what they may do before their requests are looked at. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 10)
    OriginFilter originFilter(WebSettings settings) {
        Origins origins = settings.cors()
                .origins(
                        List.of("GET", "HEAD"),
                        List.of("Accept", "Accept-Language", "If-None-Match", "Last-Event-ID", "Prefer"),
                        List.of(
                                "Location",
                                "Retry-After",
                                "ETag",
                                RateLimit.LEVEL_HEADER,
                                RateLimit.POLICY_HEADER,
                                LiveResults.LIVE_HEADER),
                        settings.streams());
        return new OriginFilter(origins, () -> Problems.originNotAllowed().exception());
    }

    /** {@code GET /openapi.yaml}: the description of this side's routes, with its public address filled in. */
    @Bean
    OpenApiRoute openApiRoute(WebSettings settings) throws IOException {
        URI known = settings.streams();
        String server = known == null ? DEFAULT_SERVER : known.toString();
        return new OpenApiRoute("openapi/streams-app.yaml", text -> text.replace(DEFAULT_SERVER, server));
    }
}
