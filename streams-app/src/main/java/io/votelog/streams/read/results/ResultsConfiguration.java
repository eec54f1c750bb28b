// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.netty.handler.timeout.WriteTimeoutHandler;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.web.lifecycle.FirstShutdownStep;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** The present results, and their stream. */
@Configuration(proxyBeanMethods = false)
class ResultsConfiguration {
    @Bean
    LiveResults liveResults(Ballots ballots, ResultsBoard board, JsonMapper json, Clock clock) {
        return new LiveResults(ballots, board, json, clock, Schedulers.parallel());
    }

    @Bean
    ResultsFeed resultsFeed(LiveResults results) {
        return new ResultsFeed(results, Schedulers.parallel());
    }

    /** Ends the streams when a shutdown begins, before the server waits for its requests to end. */
    @Bean
    FirstShutdownStep endStreams(StreamEnd end) {
        return new FirstShutdownStep(end::come);
    }

    /** Closes the connection of a reader that takes nothing; it would keep its place for ever. */
    @Bean
    NettyServerCustomizer writeTimeout(ResultsSettings settings) {
        long timeoutMs = settings.writeTimeout().toMillis();
        return server -> server.doOnConnection(
                connection -> connection.addHandlerFirst(new WriteTimeoutHandler(timeoutMs, TimeUnit.MILLISECONDS)));
    }
}
