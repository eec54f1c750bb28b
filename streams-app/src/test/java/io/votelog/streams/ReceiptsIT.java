// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.rules.Reason;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.streams.topology.rows.VoterRow;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithKafka(freshTopics = true)
final class ReceiptsIT {
    private static RunningApp app;
    private static LogWriter log;

    @BeforeAll
    static void start(KafkaBroker broker, @TempDir Path state) {
        app = RunningApp.start(broker.bootstrapServers(), "receipts-it", state);
        log = new LogWriter(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        app.close();
    }

    @Test
    void shouldTellOfTheAcceptedVoteAndOfItsRetry() {
        log.publishOpen("accepted");
        LogWriter.Written vote = log.vote("accepted", "a1", "b1");
        LogWriter.Written retry = log.vote("accepted", vote.voter(), vote.voteId(), "b1", "a1");

        JsonNode first = verdict("accepted", vote);
        JsonNode second = verdict("accepted", retry);

        assertThat(first.toString())
                .isEqualTo(
                        "{\"voteId\":\"%s\",\"status\":\"accepted\",\"partition\":%d,\"offset\":%d,\"recordedAt\":\"%s\",\"acceptedAt\":\"%s\"}"
                                .formatted(
                                        vote.voteId(),
                                        vote.partition(),
                                        vote.offset(),
                                        vote.recordedAt(),
                                        vote.recordedAt()));
        assertThat(second.toString())
                .isEqualTo(
                        "{\"voteId\":\"%s\",\"status\":\"retried\",\"partition\":%d,\"offset\":%d,\"recordedAt\":\"%s\",\"acceptedAt\":\"%s\"}"
                                .formatted(
                                        vote.voteId(),
                                        retry.partition(),
                                        retry.offset(),
                                        retry.recordedAt(),
                                        vote.recordedAt()));
        String withoutOffset = "/v1/ballots/accepted/receipts/" + vote.receipt();
        assertThat(app.json(withoutOffset)).isEqualTo(first);
        assertThat(app.get(withoutOffset).headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void shouldNameEveryReasonOfTheBallotsForm() {
        log.publishOpen("form");
        Map<Reason, String[]> choices = Map.of(
                Reason.NO_CHOICE,
                new String[] {},
                Reason.UNKNOWN_OPTION,
                new String[] {"a1", "zz"},
                Reason.REPEATED_OPTION,
                new String[] {"a1", "b1", "b1"},
                Reason.TOO_MANY_PICKS,
                new String[] {"a1", "a2", "a3", "b1", "b2"},
                Reason.TOO_FEW_PICKS,
                new String[] {"b1"},
                Reason.SECTION_TOO_MANY,
                new String[] {"a1", "a2", "a3", "b1"},
                Reason.SECTION_TOO_FEW,
                new String[] {"a1", "a2"});
        choices.forEach((reason, picks) -> {
            LogWriter.Written vote = log.vote("form", picks);
            JsonNode receipt = verdict("form", vote);
            assertThat(receipt.at("/status").asString()).isEqualTo("rejected");
            assertThat(receipt.at("/reason").asString()).isEqualTo(reason.name());
            assertThat(receipt.at("/detail").asString()).endsWith(".");
            assertThat(Instant.parse(receipt.at("/recordedAt").asString())).isEqualTo(vote.recordedAt());
        });
    }

    @Test
    void shouldAnswerForEachAttemptThoughLaterOnesTookItsPlace() {
        log.publishOpen("many");
        Pseudonym voter = log.voter();
        UUID id = log.voteId();
        LogWriter.Written tooFew = log.vote("many", voter, id, "a1");
        LogWriter.Written accepted = log.vote("many", voter, id, "a1", "b1");
        LogWriter.Written reused = log.vote("many", voter, id, "a2", "b1");
        LogWriter.Written retried = log.vote("many", voter, id, "a1", "b1");
        LogWriter.Written another = log.vote("many", voter, log.voteId(), "a1", "b1");
        LogWriter.Written unknown = log.vote("many", voter, id, "a1", "zz");

        assertThat(verdict("many", unknown).at("/reason").asString()).isEqualTo("UNKNOWN_OPTION");
        assertThat(verdict("many", tooFew).at("/reason").asString()).isEqualTo("TOO_FEW_PICKS");
        assertThat(verdict("many", accepted).at("/status").asString()).isEqualTo("accepted");
        assertThat(verdict("many", reused).at("/reason").asString()).isEqualTo("VOTE_ID_REUSED");
        assertThat(verdict("many", reused).at("/recordedAt").asString())
                .isEqualTo(reused.recordedAt().toString());
        assertThat(verdict("many", retried).at("/status").asString()).isEqualTo("retried");
        assertThat(verdict("many", retried).at("/acceptedAt").asString())
                .isEqualTo(accepted.recordedAt().toString());
        assertThat(verdict("many", another).at("/reason").asString()).isEqualTo("ALREADY_VOTED");
        assertThat(app.json("/v1/ballots/many/receipts/" + accepted.receipt())
                        .at("/status")
                        .asString())
                .isEqualTo("accepted");

        // A position proves nothing: the record there must be of this voter and this vote id.
        HttpResponse<String> foreign = app.get("/v1/ballots/many/receipts/%s?offset=%d"
                .formatted(new Receipt(voter, log.voteId()), accepted.offset()));
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(foreign.body()).contains("urn:votelog:problem:unknown-receipt");
    }

    @Test
    void shouldRememberEveryReceiptByItselfAndAskForTheOffsetWhereThatIsTooMany() {
        log.publishOpen("often");
        Pseudonym voter = log.voter();
        LogWriter.Written accepted = log.vote("often", voter, log.voteId(), "a1", "b1");
        List<LogWriter.Written> refused = new ArrayList<>();
        for (int n = 0; n < VoterRow.MAX_REFUSED; n++) {
            refused.add(log.vote("often", voter, log.voteId(), "a1", "b1"));
        }
        LogWriter.Written again = log.vote("often", voter, refused.get(0).voteId(), "a1");
        verdict("often", again);

        for (LogWriter.Written attempt : refused.subList(1, refused.size())) {
            JsonNode receipt = app.json("/v1/ballots/often/receipts/" + attempt.receipt());
            assertThat(receipt.at("/offset").asLong()).isEqualTo(attempt.offset());
            assertThat(receipt.at("/reason").asString()).isEqualTo("ALREADY_VOTED");
        }
        // Without an offset the answer is about the latest attempt of the id.
        assertThat(app.json("/v1/ballots/often/receipts/" + again.receipt())
                        .at("/offset")
                        .asLong())
                .isEqualTo(again.offset());

        LogWriter.Written oneMore = log.vote("often", voter, log.voteId(), "a1");
        verdict("often", oneMore);
        LogWriter.Written forgotten = refused.get(1);
        assertProblem(app.get("/v1/ballots/often/receipts/" + forgotten.receipt()), 409, "offset-needed");
        assertProblem(
                app.get("/v1/ballots/often/receipts/" + forgotten.receipt(), "Prefer", "wait=1"), 409, "offset-needed");
        JsonNode known = app.json(forgotten.receiptPath("often"));
        assertThat(known.at("/reason").asString()).isEqualTo("ALREADY_VOTED");
        assertThat(app.json("/v1/ballots/often/receipts/" + accepted.receipt())
                        .at("/status")
                        .asString())
                .isEqualTo("accepted");
    }

    @Test
    void shouldTellOfVotesBeforeTheOpeningAndBehindTheEnd() {
        Instant now = Instant.now();
        log.publish(LogWriter.ballot("early", now.plusSeconds(3600), now.plusSeconds(7200), "live"));
        assertThat(verdict("early", log.vote("early", "a1", "b1")).at("/reason").asString())
                .isEqualTo("NOT_OPEN");

        BallotDefinition closed = log.publishOpen("closed");
        LogWriter.Written before = log.vote("closed", "a1", "b1");
        log.close(closed);
        LogWriter.Written late = log.vote("closed", "a1", "b1");
        LogWriter.Written lateRetry = log.vote("closed", before.voter(), before.voteId(), "a1", "b1");
        LogWriter.Written lateOther = log.vote("closed", before.voter(), log.voteId(), "a1", "b2");
        assertThat(verdict("closed", late).at("/reason").asString()).isEqualTo("CLOSED");
        assertThat(verdict("closed", lateOther).at("/reason").asString()).isEqualTo("CLOSED");
        assertThat(verdict("closed", lateRetry).at("/status").asString()).isEqualTo("retried");
        assertThat(verdict("closed", before).at("/status").asString()).isEqualTo("accepted");
    }

    @Test
    void shouldTellOfAVoteThatCameBeforeItsBallot() {
        BallotDefinition ballot = LogWriter.ballot(
                "sooner", Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600), "live");
        LogWriter.Written sooner = log.vote("sooner", "a1", "b1");
        log.publish(ballot);
        // The partition's position is shown once something of the ballot is counted there.
        log.vote("sooner", log.voterOf(sooner.partition()), log.voteId(), "a1", "b1");
        assertThat(verdict("sooner", sooner).at("/reason").asString()).isEqualTo("UNKNOWN_BALLOT");
    }

    @Test
    void shouldWaitForTheVerdictAsLongAsTheClientPrefers() throws Exception {
        log.publishOpen("awaited");
        LogWriter.Written first = log.vote("awaited", log.voterOf(0), log.voteId(), "a1", "b1");
        verdict("awaited", first);

        UUID id = log.voteId();
        Pseudonym voter = log.voterOf(0);
        String ahead = "/v1/ballots/awaited/receipts/%s?offset=%d"
                .formatted(new Receipt(voter, id), first.offset() + 1_000_000);
        JsonNode pending = app.json(ahead);
        assertThat(pending.toString())
                .isEqualTo("{\"voteId\":\"%s\",\"status\":\"pending\",\"partition\":0,\"offset\":%d}"
                        .formatted(id, first.offset() + 1_000_000));
        HttpResponse<String> waited = app.get(ahead, "Prefer", "respond-async, wait=1");
        assertThat(waited.headers().firstValue("Preference-Applied")).contains("wait=1");
        assertThat(waited.body()).contains("\"pending\"");

        String path = "/v1/ballots/awaited/receipts/" + new Receipt(voter, id);
        assertThat(app.get(path).statusCode()).isEqualTo(404);
        CompletableFuture<HttpResponse<String>> answer =
                CompletableFuture.supplyAsync(() -> app.get(path, "Prefer", "wait=20"));
        LogWriter.Written vote = log.vote("awaited", voter, id, "a1", "b1");
        JsonNode receipt =
                RunningApp.JSON.readTree(answer.get(20, TimeUnit.SECONDS).body());
        assertThat(receipt.at("/status").asString()).isEqualTo("accepted");
        assertThat(receipt.at("/offset").asLong()).isEqualTo(vote.offset());
        JsonNode atOnce = RunningApp.JSON.readTree(
                app.get(vote.receiptPath("awaited"), "Prefer", "wait=20").body());
        assertThat(atOnce).isEqualTo(receipt);
    }

    @Test
    void shouldTellWhetherAVoterHasVotedButNotForWhat() {
        log.publishOpen("voters");
        LogWriter.Written vote = log.vote("voters", "a1", "b1");
        LogWriter.Written refused = log.vote("voters", "a1");
        verdict("voters", vote);
        verdict("voters", refused);

        HttpResponse<String> voted = app.get("/v1/ballots/voters/voters/" + vote.voter());
        assertThat(voted.body())
                .isEqualTo("{\"status\":\"accepted\",\"voteId\":\"%s\",\"acceptedAt\":\"%s\"}"
                        .formatted(vote.voteId(), vote.recordedAt()));
        assertThat(voted.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(app.get("/v1/ballots/voters/voters/" + refused.voter()).body())
                .isEqualTo("{\"status\":\"none\"}");
        assertThat(app.get("/v1/ballots/voters/voters/" + log.voter()).body()).isEqualTo("{\"status\":\"none\"}");
    }

    @Test
    void shouldRefuseWhatIsNoReceipt() {
        log.publishOpen("refusing");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> app.get("/v1/ballots/refusing/results").statusCode() == 200);
        assertProblem(app.get("/v1/ballots/refusing/receipts/abc"), 400, "malformed-receipt");
        assertProblem(app.get("/v1/ballots/refusing/voters/abc"), 400, "malformed-voter");
        String receipt = new Receipt(log.voter(), log.voteId()).toString();
        assertProblem(app.get("/v1/ballots/nowhere/receipts/" + receipt), 404, "unknown-ballot");
        assertProblem(app.get("/v1/ballots/refusing/receipts/" + receipt), 404, "unknown-receipt");
        assertProblem(app.get("/v1/ballots/refusing/receipts/" + receipt + "?offset=-1"), 400, "malformed-offset");
    }

    static void assertProblem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = RunningApp.JSON.readTree(response.body());
        assertThat(problem.at("/type").asString()).isEqualTo("urn:votelog:problem:" + code);
        assertThat(problem.at("/status").asInt()).isEqualTo(status);
        assertThat(problem.at("/title").asString()).isNotBlank();
    }

    private static JsonNode verdict(String ballotId, LogWriter.Written vote) {
        return await("a verdict on offset " + vote.offset())
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            HttpResponse<String> response = app.get(vote.receiptPath(ballotId), "Prefer", "wait=10");
                            return response.statusCode() == 200
                                    ? RunningApp.JSON.readTree(response.body())
                                    : RunningApp.JSON.createObjectNode();
                        },
                        receipt -> !receipt.at("/status").isMissingNode()
                                && !receipt.at("/status").asString().equals("pending"));
    }
}
