// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.votelog.producer.auth.BearerTokens;
import io.votelog.producer.ballots.AnnulmentBody;
import io.votelog.producer.ballots.BallotPublisher;
import io.votelog.producer.ballots.BallotReconciler;
import io.votelog.producer.ballots.BallotSettings;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.ballots.CloseBody;
import io.votelog.producer.ballots.ListedBallot;
import io.votelog.producer.ballots.PublicUrls;
import io.votelog.producer.ballots.VoteAnnuller;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.problem.Problems;
import io.votelog.producer.promises.OpeningTickets;
import io.votelog.producer.votes.ContentType;
import io.votelog.rules.Note;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.promise.OpeningTicket;
import io.votelog.web.coding.Representation;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
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
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** The routes of ballots. */
@RestController
class BallotRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final CacheControl CACHEABLE =
            CacheControl.maxAge(Duration.ofSeconds(5)).cachePublic();

    private final Catalogue catalogue;
    private final BallotPublisher publisher;
    private final BallotReconciler reconciler;
    private final VoteAnnuller voteAnnuller;
    private final BearerTokens tokens;
    private final Pepper pepper;
    private final OpeningTickets openingTickets;
    private final PublicUrls publicUrls;
    private final BallotDocuments documents;
    private final Scheduler ballotWork;
    private final Duration publishTimeout;

    BallotRoutes(
            Catalogue catalogue,
            BallotPublisher publisher,
            BallotReconciler reconciler,
            VoteAnnuller voteAnnuller,
            BearerTokens tokens,
            Pepper pepper,
            OpeningTickets openingTickets,
            PublicUrls publicUrls,
            Scheduler ballotWork,
            BallotSettings settings) {
        this.catalogue = catalogue;
        this.publisher = publisher;
        this.reconciler = reconciler;
        this.voteAnnuller = voteAnnuller;
        this.tokens = tokens;
        this.pepper = pepper;
        this.openingTickets = openingTickets;
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
    Mono<ResponseEntity<byte[]>> publish(@PathVariable String ballotId, ServerHttpRequest request) {
        boolean dryRun = QueryParameters.flag(query(request), "dryRun");
        BallotFile form = form(request);
        return Bodies.read(request, BallotFile.MAX_BYTES)
                .publishOn(ballotWork)
                .map(file -> publisher.read(ballotId, form, file))
                .flatMap(parsed -> dryRun ? Mono.just(dryRun(parsed)) : publish(parsed));
    }

    private Mono<ResponseEntity<byte[]>> publish(BallotPublisher.ParsedBallot parsed) {
        BallotDefinition definition = parsed.definition();
        String id = definition.ballot().id();
        // The timeout does not cancel the publication: it goes on, and the reconciler completes it if it fails. Its
        // outcome is made a value, so that one that comes too late is dropped, and not reported as an error that nobody
        // handles.
        CompletableFuture<Signal<BallotPublisher.Publication>> work = Mono.fromCallable(
                        () -> publisher.publish(definition))
                .materialize()
                .subscribeOn(ballotWork)
                .toFuture();
        return Mono.fromFuture(work, true)
                .timeout(publishTimeout)
                .<BallotPublisher.Publication>dematerialize()
                .map(publication -> switch (publication) {
                    case CREATED -> published(HttpStatus.CREATED, id, parsed.notes());
                    case ALREADY_PUBLISHED -> published(HttpStatus.OK, id, parsed.notes());
                })
                .onErrorResume(TimeoutException.class, late -> Mono.just(late(parsed)));
    }

    @PostMapping(path = "/v1/ballots/{ballotId}/close", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> close(@PathVariable String ballotId, ServerHttpRequest request) {
        QueryParameters.requireNone(query(request));
        return Bodies.read(request, CloseBody.MAX_BYTES).publishOn(ballotWork).map(body -> {
            CloseBody.requireNothing(body);
            publisher.close(ballotId);
            reconciler.takeOn(ballotId);
            return published(HttpStatus.ACCEPTED, ballotId, List.of());
        });
    }

    @PostMapping(path = "/v1/ballots/{ballotId}/annulments", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> annul(@PathVariable String ballotId, Principal operator, ServerHttpRequest request) {
        QueryParameters.requireNone(query(request));
        String type = ContentType.of(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        if (!type.equals(MediaType.APPLICATION_JSON_VALUE)) {
            throw Problems.unsupportedMediaType(type, MediaType.APPLICATION_JSON_VALUE)
                    .exception();
        }
        return Bodies.read(request, AnnulmentBody.MAX_BYTES)
                .publishOn(ballotWork)
                .map(AnnulmentBody::of)
                .map(annulment -> {
                    // The ballot is looked up first, since only the id of a ballot may be put into an address.
                    byte[] answer = voteAnnuller.annul(ballotId, annulment, operator.getName());
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

    /** Whoever has signed in as a voter gets a ticket, with which a sealer shows what the voter's votes chose. */
    @PostMapping("/v1/ballots/{ballotId}/my-vote/opening")
    Mono<ResponseEntity<byte[]>> opening(@PathVariable String ballotId, ServerHttpRequest request) {
        QueryParameters.requireNone(query(request));
        return tokens.authenticate(request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION))
                .map(caller -> {
                    ListedBallot listed = find(ballotId);
                    if (listed.unserved() != null) {
                        throw listed.unserved().exception();
                    }
                    if (!openingTickets.enabled()) {
                        throw Problems.openingsOff().exception();
                    }
                    OpeningTicket.Signed signed =
                            openingTickets.ticket(ballotId, pepper.pseudonym(ballotId, caller.userId()));
                    Map<String, Object> answer = new LinkedHashMap<>();
                    answer.put("format", "votelog-opening-ticket/1");
                    answer.put("ballotId", ballotId);
                    answer.put("voterRef", signed.ticket().voter().toString());
                    answer.put(
                            "expiresAt",
                            Instant.ofEpochMilli(signed.ticket().expiresAtMs()).toString());
                    answer.put("ticket", signed.text());
                    return ResponseEntity.ok()
                            .cacheControl(CacheControl.noStore())
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(JSON.writeValueAsBytes(answer));
                });
    }

    private ListedBallot find(String ballotId) {
        return catalogue.find(ballotId).orElseThrow(() -> Problems.unknownBallot(ballotId)
                .exception());
    }

    private static @Nullable String query(ServerHttpRequest request) {
        return request.getURI().getRawQuery();
    }

    private ResponseEntity<byte[]> published(HttpStatus status, String ballotId, List<Note> notes) {
        BallotDocuments.Document document = documents.one(find(ballotId), notes);
        return ResponseEntity.status(status)
                .location(publicUrls.ballot(ballotId))
                .eTag('"' + document.tag() + '"')
                .contentType(MediaType.APPLICATION_JSON)
                .body(document.json().plain());
    }

    /**
     * Answers a publication that takes too long. A ballot that is claimed will be completed by some gateway; one that is not
     * may have failed.
     */
    private ResponseEntity<byte[]> late(BallotPublisher.ParsedBallot parsed) {
        BallotDefinition definition = parsed.definition();
        String id = definition.ballot().id();
        ListedBallot standing = catalogue.find(id).orElseThrow(() -> Problems.unavailable(
                        "the log did not confirm it in time; it may be recorded or not, and sending it again is safe")
                .exception());
        if (!standing.definition().digest().equals(definition.digest())) {
            throw Problems.otherDefinition(id, standing.definition().digestHex(), definition.digestHex())
                    .exception();
        }
        return pending(parsed);
    }

    private ResponseEntity<byte[]> pending(BallotPublisher.ParsedBallot parsed) {
        BallotDefinition definition = parsed.definition();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("ballotId", definition.ballot().id());
        summary.put("digest", definition.digestHex());
        summary.put("ready", false);
        BallotDocuments.putNotes(summary, parsed.notes());
        return ResponseEntity.accepted()
                .location(publicUrls.ballot(definition.ballot().id()))
                .header(HttpHeaders.RETRY_AFTER, "1")
                .contentType(MediaType.APPLICATION_JSON)
                .body(JSON.writeValueAsBytes(summary));
    }

    private ResponseEntity<byte[]> dryRun(BallotPublisher.ParsedBallot parsed) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(documents.dryRun(
                        parsed.definition(),
                        catalogue.find(parsed.definition().ballot().id()),
                        parsed.notes()));
    }

    private static ResponseEntity<byte[]> cacheable(BallotDocuments.Document document, ServerHttpRequest request) {
        // Who takes no JSON gets none, so it hangs on that header too.
        return new Representation(
                        MediaType.APPLICATION_JSON,
                        document.tag(),
                        document.json(),
                        CACHEABLE,
                        List.of(HttpHeaders.ACCEPT))
                .answer(request.getHeaders(), new HttpHeaders());
    }

    private static BallotFile form(ServerHttpRequest request) {
        String type = ContentType.of(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
        return switch (type) {
            case "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml" -> BallotFile.YAML;
            case "application/json" -> BallotFile.JSON;
            default ->
                throw Problems.unsupportedMediaType(type, "application/yaml or application/json")
                        .exception();
        };
    }
}
