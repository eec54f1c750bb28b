package io.votelog.streams.read;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
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

/** {@code GET /v1/ballots/{id}/results}, the same as a file, and its stream. */
@RestController
final class ResultsController {
    /** Says {@code false} with what does not go on for now, and is not there with what does. */
    static final String LIVE = "Votelog-Live";

    private static final MediaType CSV = new MediaType("text", "csv", StandardCharsets.UTF_8);
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = new byte[0];

    private final LiveResults results;
    private final ResultsFeed feed;
    private final ResultsSettings settings;
    private final StreamEnd shutdown;
    private final AtomicInteger readers;

    ResultsController(
            LiveResults results, ResultsFeed feed, ResultsSettings settings, StreamEnd shutdown, ReaderCount readers) {
        this.results = results;
        this.feed = feed;
        this.settings = settings;
        this.shutdown = shutdown;
        this.readers = readers.count();
    }

    @GetMapping("/v1/ballots/{ballotId}/results")
    Mono<ResponseEntity<byte[]>> results(@PathVariable String ballotId, @RequestHeader HttpHeaders request) {
        boolean csv = Acceptable.csv(request);
        ResultsTag.Known known = ResultsTag.Known.of(request);
        return fresh(ballotId, known)
                .map(view -> csv ? csv(view, request.getFirst(HttpHeaders.ACCEPT_LANGUAGE), known) : json(view, known));
    }

    /** The same CSV under an address of its own, for links: the language stands in it, and browsers keep it as a file. */
    @GetMapping("/v1/ballots/{ballotId}/results.csv")
    Mono<ResponseEntity<byte[]>> file(
            @PathVariable String ballotId,
            @RequestParam(name = "lang", required = false) @Nullable String language,
            @RequestHeader HttpHeaders request) {
        ResultsTag.Known known = ResultsTag.Known.of(request);
        ContentDisposition asFile = ContentDisposition.attachment()
                .filename(ballotId + "-results.csv")
                .build();
        return fresh(ballotId, known).map(view -> {
            ResponseEntity<byte[]> answer =
                    csv(view, language == null ? request.getFirst(HttpHeaders.ACCEPT_LANGUAGE) : language, known);
            return ResponseEntity.status(answer.getStatusCode())
                    .headers(answer.getHeaders())
                    .header(HttpHeaders.CONTENT_DISPOSITION, asFile.toString())
                    .body(answer.getBody());
        });
    }

    private Mono<ResultsView> fresh(String ballotId, ResultsTag.Known known) {
        ResultsView current = results.current(ballotId).orElseThrow(() -> ProblemException.unknownBallot(ballotId));
        if (!known.isAheadOf(current.tag())) {
            return Mono.just(current);
        }
        return results.next(ballotId, view -> !known.isAheadOf(view.tag()))
                .timeout(settings.catchUp())
                .onErrorMap(
                        TimeoutException.class,
                        late -> ProblemException.unavailable(
                                "behind",
                                "This instance has counted up to version %d and is behind what If-None-Match names."
                                        .formatted(current.version())));
    }

    private static ResponseEntity<byte[]> json(ResultsView view, ResultsTag.Known known) {
        return answer(view, "", known, MediaType.APPLICATION_JSON, "Accept", view.json());
    }

    private static ResponseEntity<byte[]> csv(
            ResultsView view, @Nullable String acceptLanguage, ResultsTag.Known known) {
        String language = ResultsCsv.language(view.document(), acceptLanguage);
        String variant = language == null ? "-csv" : "-csv-" + language;
        return answer(
                view, variant, known, CSV, "Accept, Accept-Language", ResultsCsv.write(view.document(), language));
    }

    private static ResponseEntity<byte[]> answer(
            ResultsView view, String variant, ResultsTag.Known known, MediaType type, String vary, byte[] body) {
        String tag = view.tag().entityTag(variant);
        HttpHeaders headers = new HttpHeaders();
        if (!view.tag().live()) {
            headers.set(LIVE, "false");
        }
        headers.setETag(tag);
        headers.setCacheControl("max-age=1");
        headers.set(HttpHeaders.VARY, vary);
        if (known.names(tag)) {
            return new ResponseEntity<>(headers, HttpStatus.NOT_MODIFIED);
        }
        headers.setContentType(type);
        return new ResponseEntity<>(body, headers, HttpStatus.OK);
    }

    @GetMapping(path = "/v1/ballots/{ballotId}/results/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<Void> stream(
            @PathVariable String ballotId,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        ResultsView current = results.current(ballotId).orElseThrow(() -> ProblemException.unknownBallot(ballotId));
        Seen seen = Seen.parse(lastEventId);
        if (current.isFinal() && seen != null && seen.covers(current.tag().seen())) {
            // A browser's EventSource comes back for ever unless it is told so.
            response.setStatusCode(HttpStatus.NO_CONTENT);
            return response.setComplete();
        }
        if (shutdown.hasCome()) {
            throw ProblemException.unavailable("shutting-down", "This instance is shutting down.");
        }
        if (readers.incrementAndGet() > settings.maxReaders()) {
            readers.decrementAndGet();
            throw ProblemException.unavailable(
                    "too-many-readers",
                    "%d streams are being read, which is this instance's limit.".formatted(settings.maxReaders()));
        }
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(new MediaType(MediaType.TEXT_EVENT_STREAM, StandardCharsets.UTF_8));
        headers.setCacheControl("no-store");
        // nginx would collect the events, else.
        headers.set("X-Accel-Buffering", "no");
        Mono<Void> written = exchange.getRequest().getMethod() == HttpMethod.HEAD
                ? response.setComplete()
                : response.writeAndFlushWith(
                        events(ballotId, seen == null ? Seen.NOTHING : seen, response.bufferFactory()));
        return written.doFinally(end -> readers.decrementAndGet());
    }

    /**
     * What is written, one publisher for each flush. The server asks for some of them ahead, so each looks for the newest
     * document when its turn has come: a reader that does not read holds none back.
     */
    private Flux<Publisher<DataBuffer>> events(String ballotId, Seen seen, DataBufferFactory buffers) {
        AtomicReference<@Nullable ResultsView> newest = new AtomicReference<>();
        Publisher<DataBuffer> document = Mono.fromSupplier(() -> {
            ResultsView view = newest.getAndSet(null);
            return buffers.wrap(view == null ? NOTHING : view.event());
        });
        Publisher<DataBuffer> heartbeat = Mono.fromSupplier(() -> buffers.wrap(HEARTBEAT));
        Publisher<DataBuffer> end = Mono.empty();

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
