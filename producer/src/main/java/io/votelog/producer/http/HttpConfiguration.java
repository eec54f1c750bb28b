// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.votelog.producer.auth.AuthSettings;
import io.votelog.producer.auth.DevTokenSettings;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.pages.SignInSettings;
import io.votelog.producer.votes.BallotBox;
import io.votelog.producer.votes.BatchDesk;
import io.votelog.producer.votes.VoteDesk;
import io.votelog.producer.votes.VoteTraces;
import io.votelog.web.connections.ConnectionLimit;
import io.votelog.web.connections.ConnectionSettings;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.headers.RequestHeaders;
import io.votelog.web.headers.SafetyHeaders;
import io.votelog.web.headers.StrictTransport;
import io.votelog.web.lifecycle.FirstShutdownStep;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.origins.Origins;
import io.votelog.web.routes.OpenApiRoute;
import io.votelog.web.settings.CheckedAtStart;
import io.votelog.web.traces.TracesSetup;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The two ports, and what requests pass before and behind the routes. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConnectionSettings.class)
@Import({RequestHeaders.class, TracesSetup.class})
class HttpConfiguration {
    @Bean
    ConnectionLimit connectionLimit(ConnectionSettings settings, ClientLimits limits) {
        return new ConnectionLimit(settings.maxConnections(), limits.address().connections(), limits.clientAddress());
    }

    /**
     * The limit of requests is bound to the metrics here; it is no bean of its own, since Spring would find it as a filter and
     * apply it twice.
     */
    @Bean
    MeterBinder requestLimitMetrics(SecurityConfiguration.Gatekeeper gatekeeper) {
        return registry -> gatekeeper.limit().bindTo(registry);
    }

    /** A vote on a connection that is still open is refused at once. */
    @Bean
    FirstShutdownStep lockBallotBox(BallotBox box) {
        return new FirstShutdownStep(box::lock);
    }

    @Bean
    OpenApiRoute openApiRoute() throws IOException {
        return new OpenApiRoute("openapi/producer.yaml", UnaryOperator.identity());
    }

    @Bean
    VoteResponses voteResponses(PublicUrls publicUrls, Origins origins, FairUse fairUse) {
        return new VoteResponses(publicUrls, origins, fairUse);
    }

    /**
     * Sets up the public port, with the votes' routes and limits for each connection, and leaves the management port alone.
     * Customizers of server factories are looked up for each server by itself, while beans of the kinds that this one adds
     * would be found by both servers.
     */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(
            VoteDesk voteDesk,
            BatchDesk batchDesk,
            VoteResponses responses,
            VoteTraces traces,
            ConnectionLimit limit,
            ConnectionSettings connections,
            HttpSettings settings,
            PublicUrls publicUrls,
            DevTokenSettings dev) {
        Optional<StrictTransport> strictTransport =
                settings.hsts().header(publicUrls.producer()).map(StrictTransport::new);
        return factory -> {
            if (dev.tokens()) {
                factory.addRouteProviders(new ForeignHostRoute(responses));
            }
            factory.addRouteProviders(new VoteRoute(voteDesk, responses, traces), new BatchRoute(batchDesk, responses));
            factory.addServerCustomizers(server ->
                    PublicPort.of(server, limit, connections.patience(), SafetyHeaders::set, strictTransport));
        };
    }

    /**
     * The threads on which publishing, closing and annulling block. A burst of them waits here and keeps nobody from voting.
     */
    @Bean(destroyMethod = "dispose")
    Scheduler ballotWork() {
        return Schedulers.newBoundedElastic(8, 256, "ballot-work", 60, true);
    }

    /** Checks settings that depend on one another, and on the address that Spring is told to listen on. */
    @Bean
    CheckedAtStart settingsTogether(
            DevTokenSettings dev,
            AuthSettings auth,
            SignInSettings signIn,
            PublicUrls publicUrls,
            HttpSettings http,
            ServerProperties server) {
        if (dev.tokens()) {
            DevTokenTerms.require(auth, signIn, publicUrls, http.cors());
            DevTokenTerms.requireListeningHere(server.getAddress());
        }
        signIn.requireIssuer(auth.issuer());
        return new CheckedAtStart() {};
    }
}
