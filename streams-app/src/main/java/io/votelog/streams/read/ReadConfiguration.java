package io.votelog.streams.read;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class ReadConfiguration {
    @Bean
    Ballots ballots(Stores stores) {
        return new Ballots(stores);
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
    CorsWebFilter corsWebFilter(WebSettings settings) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(settings.allowedOrigins());
        cors.setAllowedMethods(List.of("GET", "HEAD"));
        cors.setAllowedHeaders(List.of("Accept", "Accept-Language", "If-None-Match", "Last-Event-ID", "Prefer"));
        cors.setExposedHeaders(List.of("Location", "Retry-After", "ETag"));
        cors.setMaxAge(Duration.ofHours(1));
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", cors);
        return new CorsWebFilter(source);
    }
}
