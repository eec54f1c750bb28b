// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.instances.InstanceClient;
import io.votelog.streams.read.instances.InstanceKeys;
import io.votelog.streams.read.problem.Problems;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.connections.RequestLimit;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** Answers what became of a vote, and whether a voter has voted: from this instance, or from the one that holds the voter. */
@Component
public final class VoterAnswers {
    private final Ballots ballots;
    private final ResultsBoard board;
    private final Receipts receipts;
    private final VoterLookup voters;
    private final InstanceClient instanceClient;
    private final WaitLimit waits;
    private final ReceiptSettings settings;
    private final JsonMapper json;
    private final Scheduler blocking;

    VoterAnswers(
            Ballots ballots,
            ResultsBoard board,
            Receipts receipts,
            VoterLookup voters,
            InstanceClient instanceClient,
            WaitLimit waits,
            ReceiptSettings settings,
            JsonMapper json,
            Scheduler blocking) {
        this.ballots = ballots;
        this.board = board;
        this.receipts = receipts;
        this.voters = voters;
        this.instanceClient = instanceClient;
        this.waits = waits;
        this.settings = settings;
        this.json = json;
        this.blocking = blocking;
    }

    /** Where programs ask about a receipt, on any instance. */
    public static String path(String ballotId, String receipt, @Nullable String offset) {
        return "/v1/ballots/%s/receipts/%s%s".formatted(ballotId, receipt, offset == null ? "" : "?offset=" + offset);
    }

    /**
     * What became of a vote: the document as JSON, or another instance's refusal.
     *
     * @param text the receipt, as it came
     * @param offset where the attempt was recorded, as it came; null for the accepted vote or the latest attempt
     * @param prefer the values of the {@code Prefer} header
     * @return fails with a {@link ProblemException} alone: 400 when a part is malformed, 404 for what is unknown, 409, 429, 503
     */
    public Mono<ResponseEntity<byte[]>> receipt(
            String ballotId,
            String text,
            @Nullable String offset,
            @Nullable List<String> prefer,
            ServerWebExchange exchange) {
        return Mono.defer(() -> answer(ballotId, text, offset, prefer, exchange))
                .onErrorMap(
                        failure -> failure instanceof InvalidStateStoreException
                                || failure instanceof RejectedExecutionException,
                        failure -> Problems.notAvailable().exception());
    }

    private Mono<ResponseEntity<byte[]>> answer(
            String ballotId,
            String text,
            @Nullable String offset,
            @Nullable List<String> prefer,
            ServerWebExchange exchange) {
        Ballots.Published ballot = ballots.get(ballotId);
        Receipt receipt = Receipt.parse(text).orElseThrow(() -> Problems.malformed(
                        "malformed-receipt", "A receipt is 43 characters of base64url; this is none.")
                .exception());
        Duration wait = PreferHeader.waitOf(prefer, settings.maxWait());
        Long at = offset(offset);
        IpAddress client = RequestLimit.clientOf(exchange);
        Patience none = new Patience(Duration.ZERO, Mono.never());
        Patience patience = new Patience(wait, PublicPort.whenInputIsOver(exchange.getRequest()));
        return firstAnswer(
                receipt.voter(),
                ballot,
                path(ballotId, receipt.toString(), at == null ? null : at.toString()),
                exchange,
                patience,
                granted -> granted.isZero()
                        ? verdict(ballot, receipt, at, client, none)
                        : waits.wait(
                                client,
                                verdict(ballot, receipt, at, client, patience),
                                verdict(ballot, receipt, at, client, none)));
    }

    /**
     * Whether a voter has voted: the document as JSON, or another instance's refusal.
     *
     * @throws ProblemException 400 when the reference is malformed, 404 for an unknown ballot; the answer itself may fail with others
     */
    Mono<ResponseEntity<byte[]>> voter(String ballotId, String voterRef, ServerWebExchange exchange) {
        Ballots.Published ballot = ballots.get(ballotId);
        Pseudonym voter = Pseudonym.parse(voterRef).orElseThrow(() -> Problems.malformed(
                        "malformed-voter", "A voter's reference is 22 characters of base64url; this is none.")
                .exception());
        return firstAnswer(
                voter,
                ballot,
                "/v1/ballots/%s/voters/%s".formatted(ballotId, voter),
                exchange,
                new Patience(Duration.ZERO, Mono.never()),
                granted -> Mono.fromCallable(() -> receipts.of(ballot, voter))
                        .subscribeOn(blocking)
                        .map(document -> answer(document, granted)));
    }

    /**
     * How long a client waits for an answer.
     *
     * @param longest zero to be answered at once
     * @param over completes when the client has said that it sends nothing more: it may have gone, so it is not waited for
     */
    private record Patience(Duration longest, Mono<Void> over) {}

    /**
     * Asks the instances that hold the voter's row, one after the other, and gives the first answer that is no refusal; when all refuse, the
     * first refusal. Only the first instance may take the client's wait: it processes the voter's partition, and where nobody processes
     * that, no verdict comes.
     *
     * @param path where the others are asked, with the query
     */
    private Mono<ResponseEntity<byte[]>> firstAnswer(
            Pseudonym voter,
            Ballots.Published ballot,
            String path,
            ServerWebExchange exchange,
            Patience patience,
            Function<Duration, Mono<ResponseEntity<byte[]>>> here) {
        ServerHttpRequest request = exchange.getRequest();
        IpAddress client = RequestLimit.clientOf(exchange);
        List<HostInfo> holders = voters.holders(voter, ballot.ballot().id(), ballot.partitionCount());
        return Flux.fromIterable(holders)
                .filter(host -> voters.isHere(host) || !InstanceKeys.sentOn(request))
                .concatMap(host -> {
                    Duration granted = host.equals(holders.get(0)) ? patience.longest() : Duration.ZERO;
                    return voters.isHere(host)
                            ? here.apply(granted)
                                    .onErrorResume(InvalidStateStoreException.class, behind -> Mono.empty())
                            : there(host, path, request, client, new Patience(granted, patience.over()));
                })
                .takeUntil(answer -> !isRefusal(answer))
                .reduce((first, next) -> isRefusal(next) ? first : next)
                .switchIfEmpty(Mono.error(() -> voters.nobodyAnswers().exception()));
    }

    private Mono<ResponseEntity<byte[]>> there(
            HostInfo host, String path, ServerHttpRequest request, @Nullable IpAddress client, Patience patience) {
        List<String> prefer = request.getHeaders().getValuesAsList("Prefer");
        Mono<ResponseEntity<byte[]>> atOnce =
                Mono.defer(() -> instanceClient.ask(host, path, prefer, client, Duration.ZERO));
        if (patience.longest().isZero()) {
            return atOnce;
        }
        Mono<ResponseEntity<byte[]>> waited = Mono.firstWithSignal(
                instanceClient.ask(host, path, prefer, client, patience.longest()),
                patience.over().then(atOnce));
        return waits.waitElsewhere(client, waited, atOnce);
    }

    private static boolean isRefusal(ResponseEntity<byte[]> answer) {
        return answer.getStatusCode().value() == HttpStatus.SERVICE_UNAVAILABLE.value();
    }

    private Mono<ResponseEntity<byte[]>> verdict(
            Ballots.Published ballot,
            Receipt receipt,
            @Nullable Long offset,
            @Nullable IpAddress client,
            Patience patience) {
        return offset == null ? latest(ballot, receipt, patience) : at(ballot, receipt, offset, client, patience);
    }

    private Mono<ResponseEntity<byte[]>> at(
            Ballots.Published ballot, Receipt receipt, long offset, @Nullable IpAddress client, Patience patience) {
        int partition = receipt.voter().partition(ballot.partitionCount());
        ReceiptDocument pending = ReceiptDocument.pending(receipt.voteId(), partition, offset);
        return decided(ballot, patience, () -> Optional.of(receipts.at(ballot, receipt, offset, client))
                        .filter(document -> !document.isPending()))
                .defaultIfEmpty(pending)
                .map(document -> answer(document, patience.longest()));
    }

    private Mono<ResponseEntity<byte[]>> latest(Ballots.Published ballot, Receipt receipt, Patience patience) {
        Mono<ReceiptDocument> latest =
                Mono.fromCallable(() -> receipts.latest(ballot, receipt)).subscribeOn(blocking);
        Mono<ReceiptDocument> found = patience.longest().isZero()
                ? latest
                : decided(ballot, patience, () -> receipts.decided(ballot, receipt))
                        .switchIfEmpty(latest);
        return found.map(document -> answer(document, patience.longest()));
    }

    /** What the look-up finds now, or at one of the ballot's next results while the client waits. */
    private Mono<ReceiptDocument> decided(
            Ballots.Published ballot, Patience patience, Supplier<Optional<ReceiptDocument>> lookUp) {
        if (patience.longest().isZero()) {
            return Mono.fromCallable(lookUp::get).subscribeOn(blocking).flatMap(Mono::justOrEmpty);
        }
        String ballotId = ballot.ballot().id();
        return Flux.merge(board.changes(ballotId), Mono.just(ballotId))
                .onBackpressureLatest()
                .publishOn(blocking, 1)
                .<ReceiptDocument>mapNotNull(change -> lookUp.get().orElse(null))
                .next()
                .takeUntilOther(patience.over())
                .timeout(patience.longest())
                .onErrorResume(TimeoutException.class, over -> Mono.empty());
    }

    private static @Nullable Long offset(@Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.matches("\\d{1,18}")) {
            throw Problems.malformed(
                            "malformed-offset",
                            "An offset is a number of at most 18 digits, as the vote's answer gave it.")
                    .exception();
        }
        return Long.valueOf(text);
    }

    private ResponseEntity<byte[]> answer(Object document, Duration wait) {
        HttpHeaders headers = new HttpHeaders();
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setCacheControl("no-store");
        if (!wait.isZero()) {
            headers.set("Preference-Applied", "wait=" + wait.toSeconds());
        }
        return new ResponseEntity<>(json.writeValueAsBytes(document), headers, HttpStatus.OK);
    }
}
