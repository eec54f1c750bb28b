package io.votelog.streams.read;

import io.netty.handler.timeout.WriteTimeoutHandler;
import io.votelog.web.headers.StrictTransport;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
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
    Receipts receipts(ResultsBoard board, Voters voters, LogReader log) {
        return new Receipts(board, voters, log);
    }

    @Bean
    Neighbours neighbours(ReceiptSettings settings) {
        return new Neighbours(settings.forwardTimeout());
    }

    /** A reader that never reads would keep its place for ever. */
    @Bean
    NettyServerCustomizer writeTimeout(ResultsSettings settings) {
        long timeoutMs = settings.writeTimeout().toMillis();
        return server -> server.doOnConnection(
                connection -> connection.addHandlerFirst(new WriteTimeoutHandler(timeoutMs, TimeUnit.MILLISECONDS)));
    }

    /** On every answer, the server's own among them. */
    @Bean
    NettyServerCustomizer strictTransport(WebSettings settings) {
        return server -> settings.strictTransport()
                .map(StrictTransport::new)
                .map(it -> server.doOnChannelInit((observer, channel, address) -> it.install(channel)))
                .orElse(server);
    }

    @Bean
    CorsWebFilter corsWebFilter(WebSettings settings) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(settings.allowedOrigins());
        cors.setAllowedMethods(List.of("GET", "HEAD"));
        cors.setAllowedHeaders(List.of("Accept", "Accept-Language", "If-None-Match", "Last-Event-ID", "Prefer"));
        cors.setExposedHeaders(List.of("Location", "Retry-After", "ETag", ResultsController.LIVE));
        cors.setMaxAge(Duration.ofHours(1));
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", cors);
        return new CorsWebFilter(source);
    }
}
