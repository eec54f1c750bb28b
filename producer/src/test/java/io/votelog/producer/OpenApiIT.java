package io.votelog.producer;

import static io.votelog.producer.Gateway.ballot;
import static io.votelog.producer.Gateway.openBallot;
import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.RawHttp.Answer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The description that is served is what the votes' routes do: each status that it lists is given, in the form that it says, and no
 * other. That other tests see no other answer, of any route, {@link Gateway#send} holds.
 */
@WithKafka(freshTopics = true)
class OpenApiIT {
    private static final String VOTES = "POST /v1/ballots/{ballotId}/votes";
    private static final String BATCH = "POST /v1/ballots/{ballotId}/votes:batch";

    private static Gateway gateway;
    private static String operator;

    private final Map<String, Set<Integer>> given = new TreeMap<>();
    private int users;

    @BeforeAll
    static void start(KafkaBroker broker) {
        gateway = Gateway.start(
                broker.bootstrapServers(),
                "--votelog.request-timeout=1s",
                "--votelog.limits.user.rate=0.01",
                "--votelog.limits.user.burst=3",
                "--votelog.limits.address.rate=0");
        operator = gateway.token("operator", "ballots:write");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldAnswerEveryStatusThatIsDescribedAndNoOther() {
        Instant opensAt = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
        gateway.put(operator, "open", openBallot("open", "Open"));
        gateway.put(operator, "later", ballot("later", "Later", opensAt, opensAt.plusSeconds(60)));

        send(vote("open"));
        send(vote("open").body("{"));
        send(vote("open").without("Authorization"));
        send(vote("later"));
        send(vote("none"));
        send(vote("open").body("{").framing("Content-Length: 25"));
        send(vote("open").body(" ".repeat(16 * 1024 + 1)));
        send(vote("open").without("Content-Type"));
        send(vote("open").body("{\"choices\": []}"));
        send(batch("open"));
        send(batch("open").target("/v1/ballots/open/votes:batch?dryRun=true"));
        send(batch("open").without("Authorization"));
        send(RawRequest.batch("open", user(""), ""));
        send(batch("none"));
        send(batch("open").without("Content-Type"));
        String busy = user("votes:submit");
        for (int i = 0; i < 4; i++) {
            send(RawRequest.vote("open", busy, UUID.randomUUID()));
        }
        Answer flooding = send(RawRequest.batch("open", busy, ""));
        assertThat(flooding.code()).isEqualTo("too-many-requests");
        assertThat(flooding.header("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
        assertThat(flooding.headers()).containsKeys("ratelimit-policy", "ratelimit");
        RawRequest lateVote = vote("open");
        RawRequest lateBatch = batch("open");
        gateway.part(BallotBox.class).lock();
        send(lateVote);
        send(lateBatch);

        assertThat(given.get("votes")).isEqualTo(Gateway.OPEN_API.statuses(VOTES));
        assertThat(given.get("votes:batch")).isEqualTo(Gateway.OPEN_API.statuses(BATCH));
    }

    @Test
    void shouldServeTheDescription() {
        HttpResponse<String> served = gateway.get("/openapi.yaml");
        assertThat(served.statusCode()).isEqualTo(200);
        OpenApi document = new OpenApi(served.body());
        assertThat(document.operations())
                .isEqualTo(Gateway.OPEN_API.operations())
                .contains(VOTES, BATCH);
        for (String operation : document.operations()) {
            assertThat(document.statuses(operation)).as(operation).isNotEmpty();
        }
    }

    private Answer send(RawRequest request) {
        try (RawHttp http = RawHttp.to(gateway.at("/"))) {
            http.send(request.bytes());
            Answer answer = http.answer();
            answer.mustBeDescribedFor(request);
            given.computeIfAbsent(request.path().replaceAll(".*/", ""), route -> new TreeSet<>())
                    .add(answer.status());
            return answer;
        }
    }

    private RawRequest vote(String ballotId) {
        return RawRequest.vote(ballotId, user(""), UUID.randomUUID());
    }

    private RawRequest batch(String ballotId) {
        return RawRequest.batch(ballotId, user("votes:submit"), RawRequest.line("ada", UUID.randomUUID()) + "\n{}\n");
    }

    private String user(String scope) {
        return gateway.token("user-" + users++, scope);
    }
}
