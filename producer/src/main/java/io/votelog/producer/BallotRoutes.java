package io.votelog.producer;

import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.web.headers.EntityTags;
import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** Ballots over HTTP. */
@RestController
class BallotRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final CacheControl CACHEABLE =
            CacheControl.maxAge(Duration.ofSeconds(5)).cachePublic();

    private final Catalogue catalogue;
    private final Publisher publisher;
    private final Finisher finisher;
    private final Annuller annuller;
    private final BearerTokens tokens;
    private final Pepper pepper;
    private final PublicUrls publicUrls;
    private final BallotDocuments documents;
    private final Scheduler ballotWork;
    private final Duration publishTimeout;

    BallotRoutes(
            Catalogue catalogue,
            Publisher publisher,
            Finisher finisher,
            Annuller annuller,
            BearerTokens tokens,
            Pepper pepper,
            PublicUrls publicUrls,
            Scheduler ballotWork,
            ProducerSettings settings) {
        this.catalogue = catalogue;
        this.publisher = publisher;
        this.finisher = finisher;
        this.annuller = annuller;
        this.tokens = tokens;
        this.pepper = pepper;
        this.publicUrls = publicUrls;
        this.documents = new BallotDocuments(publicUrls);
        this.ballotWork = ballotWork;
        this.publishTimeout = settings.publishTimeout();
    }

    @GetMapping(path = "/v1/ballots", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<byte[]> list(ServerHttpRequest request) {
        return cacheable(documents.list(catalogue.all()), request);
    }

    @GetMapping(path = "/v1/ballots/{ballotId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<byte[]> one(@PathVariable String ballotId, ServerHttpRequest request) {
        return cacheable(documents.one(find(ballotId)), request);
    }

    @PutMapping(path = "/v1/ballots/{ballotId}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> publish(
            @PathVariable String ballotId,
            @RequestParam(defaultValue = "false") boolean dryRun,
            ServerHttpRequest request) {
        BallotFile form = form(request);
        return Bodies.read(request, BallotFile.MAX_BYTES)
                .publishOn(ballotWork)
                .map(file -> publisher.read(ballotId, form, file))
                .flatMap(definition -> dryRun ? Mono.just(wouldBe(definition)) : publish(definition));
    }

    private Mono<ResponseEntity<byte[]>> publish(BallotDefinition definition) {
        String id = definition.ballot().id();
        // The timeout does not cancel it: what has begun goes on, and the finisher looks after it should it fail. Its
        // end is made a value, so that one which comes too late is dropped and not reported as an error that nobody
        // handles.
        CompletableFuture<Signal<Publisher.Publication>> work = Mono.fromCallable(() -> publisher.publish(definition))
                .materialize()
                .subscribeOn(ballotWork)
                .toFuture();
        return Mono.fromFuture(work, true)
                .timeout(publishTimeout)
                .<Publisher.Publication>dematerialize()
                .map(publication -> switch (publication) {
                    case CREATED -> published(HttpStatus.CREATED, id);
                    case STOOD -> published(HttpStatus.OK, id);
                })
                .onErrorResume(TimeoutException.class, late -> Mono.just(late(definition)));
    }

    @PostMapping(path = "/v1/ballots/{ballotId}/close", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> close(@PathVariable String ballotId) {
        return Mono.<ResponseEntity<byte[]>>fromCallable(() -> {
                    publisher.close(ballotId);
                    finisher.takeOn(ballotId);
                    return published(HttpStatus.ACCEPTED, ballotId);
                })
                .subscribeOn(ballotWork);
    }

    @PostMapping(path = "/v1/ballots/{ballotId}/annulments", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> annul(@PathVariable String ballotId, Principal operator, ServerHttpRequest request) {
        String type = ContentType.of(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        if (!type.equals(MediaType.APPLICATION_JSON_VALUE)) {
            throw Problem.unsupportedMediaType(type, MediaType.APPLICATION_JSON_VALUE)
                    .exception();
        }
        return Bodies.read(request, AnnulmentBody.MAX_BYTES)
                .publishOn(ballotWork)
                .map(AnnulmentBody::of)
                .map(annulment -> {
                    // Only the id of a ballot is fit for an address, so the ballot is looked for first.
                    byte[] answer = annuller.annul(ballotId, annulment, operator.getName());
                    return ResponseEntity.accepted()
                            .location(publicUrls.receipt(ballotId, annulment.receipt()))
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(answer);
                });
    }

    @GetMapping("/v1/ballots/{ballotId}/my-vote")
    Mono<ResponseEntity<Void>> myVote(@PathVariable String ballotId, ServerHttpRequest request) {
        return tokens.authenticate(request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION))
                .map(caller -> {
                    ListedBallot listed = find(ballotId);
                    if (listed.unserved() != null) {
                        throw listed.unserved().exception();
                    }
                    return ResponseEntity.status(HttpStatus.SEE_OTHER)
                            .location(publicUrls.voter(ballotId, pepper.pseudonym(ballotId, caller.userId())))
                            .cacheControl(CacheControl.noStore())
                            .build();
                });
    }

    private ListedBallot find(String ballotId) {
        return catalogue.find(ballotId).orElseThrow(() -> Problem.unknownBallot(ballotId)
                .exception());
    }

    private ResponseEntity<byte[]> published(HttpStatus status, String ballotId) {
        BallotDocuments.Document document = documents.one(find(ballotId));
        return ResponseEntity.status(status)
                .location(publicUrls.ballot(ballotId))
                .eTag(document.etag())
                .contentType(MediaType.APPLICATION_JSON)
                .body(document.json());
    }

    /** What is claimed will be finished by some gateway; what is not may have come to nothing. */
    private ResponseEntity<byte[]> late(BallotDefinition definition) {
        String id = definition.ballot().id();
        ListedBallot standing = catalogue.find(id).orElseThrow(() -> Problem.unavailable(
                        "the log did not confirm it in time; it may be recorded or not, and sending it again is safe")
                .exception());
        if (!standing.definition().digest().equals(definition.digest())) {
            throw Problem.otherDefinition(id, standing.definition().digestHex(), definition.digestHex())
                    .exception();
        }
        return pending(definition);
    }

    private ResponseEntity<byte[]> pending(BallotDefinition definition) {
        return ResponseEntity.accepted()
                .location(publicUrls.ballot(definition.ballot().id()))
                .header(HttpHeaders.RETRY_AFTER, "1")
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsBytes(summary(definition, false)));
    }

    private static ResponseEntity<byte[]> wouldBe(BallotDefinition definition) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsBytes(summary(definition, true)));
    }

    private static Map<String, Object> summary(BallotDefinition definition, boolean dryRun) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("ballotId", definition.ballot().id());
        summary.put("digest", definition.digestHex());
        if (dryRun) {
            summary.put("dryRun", true);
        } else {
            summary.put("ready", false);
        }
        return summary;
    }

    private static ResponseEntity<byte[]> cacheable(BallotDocuments.Document document, ServerHttpRequest request) {
        if (EntityTags.ifNoneMatch(request.getHeaders()).name(document.etag())) {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED)
                    .cacheControl(CACHEABLE)
                    .eTag(document.etag())
                    .build();
        }
        return ResponseEntity.ok()
                .cacheControl(CACHEABLE)
                .eTag(document.etag())
                .contentType(MediaType.APPLICATION_JSON)
                .body(document.json());
    }

    private static BallotFile form(ServerHttpRequest request) {
        String type = ContentType.of(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        return switch (type) {
            case "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml" -> BallotFile.YAML;
            case "application/json" -> BallotFile.JSON;
            default ->
                throw Problem.unsupportedMediaType(type, "application/yaml or application/json")
                        .exception();
        };
    }
}
