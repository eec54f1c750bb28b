package io.votelog.producer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.votelog.events.VoteCast;
import io.votelog.rules.Ballot;
import io.votelog.schemas.CloudEvent;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.VoteIds;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes one vote from the request to the log: who is it, which ballot, is the body a vote, is the ballot open, does the vote keep
 * its rules, append. It knows no web framework and never blocks.
 */
final class VoteDesk {
    private static final String VOTES = "votelog.votes";
    private static final CloudEvent VOTE_CAST = new CloudEvent("VoteCast", "producer");

    private final BearerTokens tokens;
    private final Catalogue catalogue;
    private final Pepper pepper;
    private final VoteLog log;
    private final Salts salts = new Salts();
    private final PublicUrls publicUrls;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Timer ackLatency;

    VoteDesk(
            BearerTokens tokens,
            Catalogue catalogue,
            Pepper pepper,
            VoteLog log,
            PublicUrls publicUrls,
            Clock clock,
            MeterRegistry meters) {
        this.tokens = tokens;
        this.catalogue = catalogue;
        this.pepper = pepper;
        this.log = log;
        this.publicUrls = publicUrls;
        this.clock = clock;
        this.meters = meters;
        this.ackLatency = Timer.builder("votelog.votes.ack")
                .description("from the append to the log's acknowledgement")
                .publishPercentileHistogram()
                .register(meters);
    }

    /** Casts a vote; fails with a {@link ProblemException} when it is refused or its outcome is unknown. */
    Mono<RecordedVote> cast(VoteRequest request) {
        return tokens.authenticate(request.authorization())
                .flatMap(caller -> {
                    ListedBallot listed = catalogue.servable(request.ballotId());
                    Pseudonym voter = pepper.pseudonym(request.ballotId(), caller.userId());
                    return request.body()
                            .defaultIfEmpty(new byte[0])
                            .flatMap(body -> append(listed, voter, request, body));
                })
                .doOnNext(recorded -> count("accepted", "none"))
                .doOnError(failure -> {
                    Problem problem = failure instanceof ProblemException known ? known.problem() : null;
                    count(
                            problem == null || problem.status() >= 500 ? "failed" : "refused",
                            problem == null ? "internal-error" : problem.code());
                });
    }

    private Mono<RecordedVote> append(ListedBallot listed, Pseudonym voter, VoteRequest request, byte[] body) {
        requireJson(request.contentType());
        List<String> choices = VoteBody.choices(body);
        UUID voteId = IdempotencyKey.read(request.idempotencyKeys()).orElseGet(() -> VoteIds.derive(voter, choices));
        Receipt receipt = new Receipt(voter, voteId);
        requireOpen(listed, receipt);
        Ballot ballot = listed.ballot();
        if (!ballot.check(choices).wellFormed()) {
            throw Problem.ruleViolations(ballot.violations(choices)).exception();
        }
        byte[] value = Events.encode(new VoteCast(voteId, ballot.id(), choices, salts.next()));
        Timer.Sample sent = Timer.start(meters);
        CompletableFuture<AppendOutcome> outcome = log.append(
                voter.partition(listed.partitionCount()), voter, value, VOTE_CAST.headers(voteId.toString()));
        // Not cancellable: a client that goes away does not undo what is on its way to the log.
        return Mono.fromFuture(outcome, true).map(told -> recorded(told, ballot.id(), receipt, sent));
    }

    private RecordedVote recorded(AppendOutcome outcome, String ballotId, Receipt receipt, Timer.Sample sent) {
        if (outcome instanceof AppendOutcome.Appended appended) {
            sent.stop(ackLatency);
            URI location = publicUrls.receipt(ballotId, receipt, appended.offset());
            return new RecordedVote(
                    ballotId, receipt, appended.partition(), appended.offset(), appended.appendedAt(), location);
        }
        throw (outcome instanceof AppendOutcome.NoRoom
                        ? Problem.overloaded()
                        : Problem.outcomeUnknown(receipt.voteId(), receipt.toString()))
                .exception();
    }

    private void requireOpen(ListedBallot listed, Receipt receipt) {
        Instant now = clock.instant();
        Ballot ballot = listed.ballot();
        if (now.isBefore(ballot.opensAt())) {
            throw Problem.notOpen(ballot.id(), ballot.opensAt()).exception();
        }
        if (listed.closing()) {
            throw Problem.closed(ballot.id(), "was closed early", receipt.voteId(), receipt.toString())
                    .exception();
        }
        if (!now.isBefore(ballot.closesAt())) {
            throw Problem.closed(ballot.id(), "closed at " + ballot.closesAt(), receipt.voteId(), receipt.toString())
                    .exception();
        }
    }

    private static void requireJson(@Nullable String contentType) {
        String type = ContentType.of(contentType);
        if (!type.equals("application/json")) {
            throw Problem.unsupportedMediaType(type, "application/json").exception();
        }
    }

    private void count(String outcome, String reason) {
        meters.counter(VOTES, "outcome", outcome, "reason", reason).increment();
    }
}
