// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.streams.read.problem.Problems;
import io.votelog.web.coding.PieceWriter;
import io.votelog.web.coding.Representation;
import io.votelog.web.coding.StreamPiece;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.headers.AcceptEncoding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code GET /v1/ballots/{id}/results}, {@code …/results.csv} and {@code …/results/stream}. */
@RestController
final class ResultsController {
    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final CacheControl CACHING = CacheControl.maxAge(Duration.ofSeconds(1));
    private static final StreamPiece HEARTBEAT = new StreamPiece(":\n\n".getBytes(StandardCharsets.UTF_8));

    private final LiveResults results;
    private final ResultsFeed feed;
    private final ResultsSettings settings;
    private final StreamEnd shutdown;
    private final ReaderLimit readers;

    ResultsController(
            LiveResults results, ResultsFeed feed, ResultsSettings settings, StreamEnd shutdown, ReaderLimit readers) {
        this.results = results;
        this.feed = feed;
        this.settings = settings;
        this.shutdown = shutdown;
        this.readers = readers;
    }

    @GetMapping("/v1/ballots/{ballotId}/results")
    Mono<ResponseEntity<byte[]>> results(@PathVariable String ballotId, @RequestHeader HttpHeaders request) {
        ResultsForm form = AcceptHeader.preferred(request);
        return fresh(ballotId, ResultsTag.Known.of(request)).map(view -> {
            Representation representation =
                    switch (form) {
                        case JSON -> json(view);
                        case CSV -> csv(view, request.getFirst(HttpHeaders.ACCEPT_LANGUAGE), ResultsCsv.Use.PROGRAM);
                        case NIST -> nist(view);
                    };
            return representation.answer(request, headers(view));
        });
    }

    /**
     * The results as CSV for people, at an address that can be linked to: the language is in it, browsers save it as a file,
     * and spreadsheets open it.
     */
    @GetMapping("/v1/ballots/{ballotId}/results.csv")
    Mono<ResponseEntity<byte[]>> file(
            @PathVariable String ballotId,
            @RequestParam(name = "lang", required = false) @Nullable String language,
            @RequestHeader HttpHeaders request) {
        return fresh(ballotId, ResultsTag.Known.of(request)).map(view -> {
            HttpHeaders headers = headers(view);
            headers.setContentDisposition(ContentDisposition.attachment()
                    .filename(ballotId + "-results.csv")
                    .build());
            String wanted = language == null ? request.getFirst(HttpHeaders.ACCEPT_LANGUAGE) : language;
            return csv(view, wanted, ResultsCsv.Use.SPREADSHEET).answer(request, headers);
        });
    }

    private Mono<ResultsView> fresh(String ballotId, ResultsTag.Known known) {
        return caughtUp(ballotId, view -> !known.isAheadOf(view.tag()), HttpHeaders.IF_NONE_MATCH);
    }

    /**
     * The present results, or the next ones that are new enough, if they come within {@link ResultsSettings#catchUp}.
     *
     * @param header the name of the header that says what the reader has seen
     */
    private Mono<ResultsView> caughtUp(String ballotId, Predicate<ResultsView> newEnough, String header) {
        ResultsView current = results.current(ballotId)
                .orElseThrow(() -> Problems.unknownBallot(ballotId).exception());
        if (newEnough.test(current)) {
            return Mono.just(current);
        }
        return results.next(ballotId, newEnough)
                .timeout(settings.catchUp())
                .onErrorMap(TimeoutException.class, late -> Problems.unavailable(
                                "behind",
                                "This instance has counted up to version %d and is behind what %s names."
                                        .formatted(current.version(), header))
                        .exception());
    }

    private static Representation json(ResultsView view) {
        return new Representation(
                MediaType.APPLICATION_JSON, view.tag().text(""), view.json(), CACHING, List.of(HttpHeaders.ACCEPT));
    }

    private static Representation csv(ResultsView view, @Nullable String acceptLanguage, ResultsCsv.Use use) {
        String language = ResultsCsv.language(view.document(), acceptLanguage);
        String variant =
                (use == ResultsCsv.Use.SPREADSHEET ? "-file" : "-csv") + (language == null ? "" : "-" + language);
        return new Representation(
                CSV,
                view.tag().text(variant),
                view.csv(language, use),
                CACHING,
                List.of(HttpHeaders.ACCEPT, HttpHeaders.ACCEPT_LANGUAGE));
    }

    private static Representation nist(ResultsView view) {
        return new Representation(
                ResultsForm.NIST.type(), view.tag().text("-nist"), view.nist(), CACHING, List.of(HttpHeaders.ACCEPT));
    }

    private static HttpHeaders headers(ResultsView view) {
        HttpHeaders headers = new HttpHeaders();
        if (!view.tag().live()) {
            headers.set(LiveResults.LIVE_HEADER, "false");
        }
        return headers;
    }

    @GetMapping(path = "/v1/ballots/{ballotId}/results/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<Void> stream(
            @PathVariable String ballotId,
            @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
            ServerWebExchange exchange) {
        EventId named = EventId.parse(lastEventId);
        EventId seen = named == null ? EventId.NONE : named;
        Mono<ResultsView> caughtUp =
                caughtUp(ballotId, view -> view.tag().eventId().covers(seen), LAST_EVENT_ID);
        if (shutdown.hasCome()) {
            throw Problems.unavailable("shutting-down", "This instance is shutting down.")
                    .exception();
        }
        Runnable gone = readers.add(RequestLimit.clientOf(exchange));
        return caughtUp.flatMap(view -> {
                    boolean over = view.isFinal()
                            && named != null
                            && named.covers(view.tag().eventId());
                    return over ? over(exchange.getResponse()) : open(ballotId, seen, exchange);
                })
                .doFinally(end -> gone.run());
    }

    /** Ends a stream with 204: a browser's EventSource would reconnect for ever otherwise. */
    private static Mono<Void> over(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.NO_CONTENT);
        response.getHeaders().setCacheControl("no-store");
        return response.setComplete();
    }

    private Mono<Void> open(String ballotId, EventId seen, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        boolean gzip = AcceptEncoding.gzip(exchange.getRequest().getHeaders());
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(new MediaType(MediaType.TEXT_EVENT_STREAM, StandardCharsets.UTF_8));
        headers.setCacheControl("no-store");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (gzip) {
            headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        // Without this header nginx would buffer the events.
        headers.set("X-Accel-Buffering", "no");
        return exchange.getRequest().getMethod() == HttpMethod.HEAD
                ? response.setComplete()
                : response.writeAndFlushWith(events(ballotId, seen, new PieceWriter(gzip), response.bufferFactory()));
    }

    /**
     * The events, one publisher for each flush. The server requests some publishers ahead, so each looks up the newest document
     * when its turn comes; a reader that does not read thus holds back no old documents.
     *
     * @param writer is asked when a flush's turn comes, so that pieces are in the order in which they are written
     */
    private Flux<Publisher<DataBuffer>> events(
            String ballotId, EventId seen, PieceWriter writer, DataBufferFactory buffers) {
        AtomicReference<@Nullable ResultsView> newest = new AtomicReference<>();
        Publisher<DataBuffer> document = Mono.fromSupplier(() -> {
            ResultsView view = newest.getAndSet(null);
            return buffers.wrap(writer.write(view == null ? StreamPiece.NOTHING : view.event()));
        });
        Publisher<DataBuffer> heartbeat = Mono.fromSupplier(() -> buffers.wrap(writer.write(HEARTBEAT)));
        Publisher<DataBuffer> end = Mono.fromSupplier(() -> buffers.wrap(writer.end()));

        Flux<Publisher<DataBuffer>> documents = feed.of(ballotId, seen)
                .doOnNext(newest::set)
                .map(view -> document)
                .onBackpressureLatest()
                .takeUntilOther(shutdown.signal())
                .concatWithValues(end);
        Duration every = settings.heartbeat();
        Flux<Publisher<DataBuffer>> heartbeats =
                Flux.interval(every).onBackpressureDrop().map(tick -> heartbeat);
        return Flux.merge(Flux.just(heartbeat), documents, heartbeats).takeUntil(last -> last == end);
    }
}
