package io.votelog.streams.read;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.votelog.web.connections.ConnectionGuard;
import io.votelog.web.connections.ConnectionLimit;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.headers.RequestHeaders;
import io.votelog.web.headers.StrictTransport;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.origins.OriginFilter;
import io.votelog.web.origins.Origins;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.cors.CorsConfiguration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ClientLimits.class)
@Import(RequestHeaders.class)
class ReadConfiguration {
    private static final int MAX_WAITING = 10_000;

    @Bean
    Ballots ballots(BallotsBoard board) {
        return new Ballots(board::find, board::keys);
    }

    @Bean
    LiveResults liveResults(Ballots ballots, ResultsBoard board, JsonMapper json, Clock clock) {
        return new LiveResults(ballots, board, json, clock, Schedulers.parallel());
    }

    @Bean
    ResultsFeed resultsFeed(LiveResults results) {
        return new ResultsFeed(results, Schedulers.parallel());
    }

    @Bean
    LiveTurnout liveTurnout(TurnoutBoard board, JsonMapper json) {
        return new LiveTurnout(board, json);
    }

    /** For what waits for a disk or a broker. */
    @Bean(destroyMethod = "dispose")
    Scheduler blocking() {
        return Schedulers.newBoundedElastic(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE, MAX_WAITING, "stores");
    }

    @Bean
    Voters voters(Stores stores, OwnAddress self) {
        return new Voters(stores, self);
    }

    @Bean
    LogReader logReader(KafkaProperties kafka, KafkaConnectionDetails connection, ReceiptSettings settings) {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.put("bootstrap.servers", connection.getConsumer().getBootstrapServers());
        config.putAll(LogReader.settings());
        return new LogReader(
                settings.logReaders(),
                settings.readTimeout(),
                () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Bean
    Receipts receipts(
            ResultsBoard board, Voters voters, LogReader log, ReceiptSettings settings, MeterRegistry meters) {
        return new Receipts(board, voters, log, new LogReads(settings, System::nanoTime, meters));
    }

    @Bean
    Waits waits(ReceiptSettings settings, ClientLimits limits, MeterRegistry meters) {
        return new Waits(
                settings.maxWaiting(),
                Neighbours.waits(limits.address().connections()),
                settings.maxWaitingPerAddress(),
                meters);
    }

    @Bean
    Neighbours neighbours(ReceiptSettings settings, ClientLimits limits, Instances instances) {
        return new Neighbours(
                settings.forwardTimeout(),
                Neighbours.connections(limits.address().connections()),
                instances);
    }

    @Bean
    ConnectionLimit connectionLimit(ConnectionSettings settings, ClientLimits limits) {
        return new ConnectionLimit(settings.maxConnections(), limits.address().connections(), limits.clientAddress());
    }

    /** Behind the filter for other origins, so that their pages can read why they are refused. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 20)
    RequestLimit requestLimit(ClientLimits limits, Instances instances) {
        return new RequestLimit(
                limits.reads(),
                limits.clientAddress(),
                instances::introduced,
                ProblemException::tooManyRequests,
                System::nanoTime);
    }

    /**
     * What the public port has and the management port must not have. Customizers of factories are looked for beside each server
     * alone; beans of the kinds that this one adds would be found by both.
     */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(
            ConnectionSettings settings, WebSettings web, ConnectionLimit limit) {
        ConnectionGuard.Patience patience = new ConnectionGuard.Patience(
                settings.requestTimeout(), settings.requestTimeout().multipliedBy(3), settings.idleTimeout());
        Optional<StrictTransport> strictTransport = web.strictTransport().map(StrictTransport::new);
        return factory -> factory.addServerCustomizers(
                server -> PublicPort.of(server, limit, patience, SecurityHeaders::protect, strictTransport));
    }

    /** A reader that never reads would keep its place for ever. */
    @Bean
    NettyServerCustomizer writeTimeout(ResultsSettings settings) {
        long timeoutMs = settings.writeTimeout().toMillis();
        return server -> server.doOnConnection(
                connection -> connection.addHandlerFirst(new WriteTimeoutHandler(timeoutMs, TimeUnit.MILLISECONDS)));
    }

    /** Pages of other origins are told what they may do before their requests are looked at. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 10)
    OriginFilter originFilter(WebSettings settings) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(settings.allowedOrigins());
        cors.setAllowedMethods(List.of("GET", "HEAD"));
        cors.setAllowedHeaders(List.of("Accept", "Accept-Language", "If-None-Match", "Last-Event-ID", "Prefer"));
        cors.setExposedHeaders(List.of(
                "Location",
                "Retry-After",
                "ETag",
                RateLimit.LEVEL_HEADER,
                RateLimit.POLICY_HEADER,
                ResultsController.LIVE));
        cors.setMaxAge(Duration.ofHours(1));
        return new OriginFilter(new Origins(cors, settings.streams()), ProblemException::originNotAllowed);
    }
}
