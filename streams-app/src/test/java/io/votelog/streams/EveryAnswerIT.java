// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.broker.Ports;
import io.votelog.infra.testing.RawConnection;
import io.votelog.infra.testing.contract.OpenApi;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.nist.ElectionReport;
import io.votelog.streams.topology.rows.VoterRow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application does what its description says: each status of each operation and each problem is brought about, in the
 * described form. {@link RunningApp#CONTRACT} asserts that no test gets any other answer.
 */
final class EveryAnswerIT {
    /** Answers for which two instances are needed; {@link TwoInstancesIT} asserts that they were seen there. */
    private static final Set<String> SEEN_WHERE_THERE_ARE_TWO = Set.of("problem moving", "problem shared-address");

    /** More requests than read the log at once: one reads, two wait for it. */
    private static final int MORE_THAN_READ_THE_LOG_AT_ONCE = 8;

    private static final String API = "/v1/ballots/open/";
    private static final String PAGES = "/ballots/open/receipts/";

    private static final int SEALER = Ports.anyFree(Set.of());

    private static KafkaCluster cluster;
    private static RunningApp app;

    /** An instance with room for one request. */
    private static RunningApp bounded;

    private static LogWriter log;
    private static LogWriter.Written counted;
    private static LogWriter.Written forgotten;

    /**
     * A way to bring answers about.
     *
     * @param answers each {@code operationId status} or {@code problem code}
     */
    private record Way(Set<String> answers, How how) {}

    @FunctionalInterface
    private interface How {
        void run() throws Exception;
    }

    private final List<Way> ways = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path data, @TempDir Path state, @TempDir Path otherState) {
        cluster = KafkaCluster.single(data).start();
        app = RunningApp.start(
                cluster.bootstrapServers(),
                "every-answer-it",
                state,
                "--votelog.sealed-log.urls=http://127.0.0.1:" + SEALER,
                "--votelog.results.max-readers=1",
                "--votelog.results.catch-up=50ms",
                "--votelog.receipts.log-readers=1",
                "--votelog.receipts.read-timeout=500ms");
        bounded = RunningApp.start(
                cluster.bootstrapServers(),
                "every-answer-bounded-it",
                otherState,
                "--votelog.limits.reads.rate=0.001",
                "--votelog.limits.reads.burst=1");
        log = new LogWriter(cluster.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        bounded.close();
        app.close();
        cluster.close();
    }

    @TestFactory
    Stream<DynamicTest> shouldGiveEachAnswer() {
        describeWays();
        return ways.stream()
                .map(way -> DynamicTest.dynamicTest(String.join(", ", way.answers()), () -> {
                    RunningApp.CONTRACT.forget();
                    way.how().run();
                    RunningApp.CONTRACT.mustHold();
                    assertThat(RunningApp.CONTRACT.seen()).containsAll(way.answers());
                }));
    }

    @Test
    void shouldKnowAWayToEachAnswerThatIsDescribedAndToNoOther() {
        describeWays();
        Set<String> described = new TreeSet<>(RunningApp.CONTRACT.document().answers());
        RunningApp.CONTRACT.document().problems().forEach(code -> described.add("problem " + code));
        Set<String> known = new TreeSet<>(SEEN_WHERE_THERE_ARE_TWO);
        ways.forEach(way -> known.addAll(way.answers()));
        assertThat(known).isEqualTo(described);
    }

    @Test
    void shouldServeTheDescription() {
        OpenApi served = OpenApi.of(app.get("/openapi.yaml").body());
        assertThat(served.operations()).isEqualTo(RunningApp.CONTRACT.document().operations());
        assertThat(served.operations()).allSatisfy(operation -> {
            assertThat(operation.id()).isNotEmpty();
            assertThat(operation.statuses()).isNotEmpty();
        });
        assertThat(served.faultsOfExamples()).isEmpty();
    }

    private void describeWays() {
        describePages();
        describeResults();
        describeVoters();
        describeMisses();
        describeWhatHoldsForEveryRoute();
        describeTheEnd();
    }

    private void describePages() {
        way("getStartPage 200", () -> app.get("/"));
        way("getStartPage 304", () -> again("/"));
        way("getStartPage 302", () -> {
            log.publishOpen("open");
            await().until(() -> app.get("/").statusCode() == 302);
        });
        way("getBallotsPage 200", () -> app.get("/ballots"));
        way("getBallotsPage 304", () -> again("/ballots"));
        way("getResultsPage 200", () -> app.get("/ballots/open/results"));
        way("getResultsPage 304", () -> again("/ballots/open/results"));
        way("getResultsPage 404", () -> app.get("/ballots/none/results"));
        way("getPageFile 200", () -> app.get(pageFile()));
        way("getPageFile 304", () -> again(pageFile()));
        way("getPageFile 404, problem not-found", () -> app.get("/assets/results/none.css"));
        way("getDescription 200", () -> app.get("/openapi.yaml"));
    }

    private void describeResults() {
        way("getResults 200", () -> {
            counted = log.vote("open", "a1", "b1");
            ResultsIT.awaitReceived(app, "open", 1);
        });
        way("getResults 304", () -> again(API + "results"));
        way("getResults 200", () -> app.get(API + "results", "Accept", ElectionReport.MEDIA_TYPE));
        way("getResults 404, problem unknown-ballot", () -> app.get("/v1/ballots/none/results"));
        way("getResults 406, problem not-acceptable", () -> app.get(API + "results", "Accept", "image/png"));
        way("getResults 400, problem malformed-accept", () -> app.get(API + "results", "Accept", "x"));
        way("getResults 503, problem behind", () -> app.get(API + "results", "If-None-Match", ahead()));
        way("getResultsFile 200", () -> app.get(API + "results.csv"));
        way("getResultsFile 304", () -> again(API + "results.csv"));
        way("getResultsFile 404", () -> app.get("/v1/ballots/none/results.csv"));
        way("getResultsFile 503", () -> app.get(API + "results.csv", "If-None-Match", ahead()));
        way("getTurnout 200", () -> app.get(API + "turnout"));
        way("getTurnout 304", () -> again(API + "turnout"));
        way("getTurnout 400, problem malformed-points", () -> app.get(API + "turnout?points=1"));
        way("getTurnout 400, problem malformed-option", () -> app.get(API + "turnout?option=none"));
        way("getTurnout 404", () -> app.get("/v1/ballots/none/turnout"));
        way("getTurnout 406", () -> app.get(API + "turnout", "Accept", "text/csv"));
        way("streamResults 404", () -> app.get("/v1/ballots/none/results/stream"));
        way("streamResults 406", () -> app.get(API + "results/stream", "Accept", "text/csv"));
        way("streamResults 503, problem too-many-readers", () -> {
            try (EventReader reader = EventReader.open(app.uri(API + "results/stream"))) {
                reader.awaitEvent(0);
                app.get(API + "results/stream");
            }
        });
        way("streamResults 200, streamResults 204", () -> {
            BallotDefinition ballot = log.publishOpen("over");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> app.get("/v1/ballots/over/results").statusCode() == 200);
            log.close(ballot);
            String stream = "/v1/ballots/over/results/stream";
            try (EventReader reader = EventReader.open(app.uri(stream))) {
                reader.awaitEnd();
                EventReader.Event last = reader.events().get(reader.events().size() - 1);
                app.get(stream, "Last-Event-ID", last.id());
            }
        });
    }

    private void describeVoters() {
        way("getReceipt 200", () -> app.get(counted.receiptPath("open"), "Prefer", "wait=1"));
        way("getReceipt 400, problem malformed-receipt", () -> app.get(API + "receipts/x"));
        way("problem malformed-offset", () -> app.get(API + "receipts/" + counted.receipt() + "?offset=x"));
        way(
                "getReceipt 404, problem unknown-receipt",
                () -> app.get(API + "receipts/" + new Receipt(log.voter(), log.voteId())));
        way("getReceipt 409, problem offset-needed", () -> {
            Pseudonym voter = log.voter();
            log.vote("open", voter, log.voteId(), "a1", "b1");
            forgotten = log.vote("open", voter, log.voteId(), "a1");
            for (int n = 0; n < VoterRow.MAX_REFUSED; n++) {
                log.vote("open", voter, log.voteId(), "a1");
            }
            await().until(() -> app.get(API + "receipts/" + forgotten.receipt()).statusCode() == 409);
        });
        way("getProof 404, problem not-sealed", () -> bounded.get(API + "receipts/" + counted.receipt() + "/proof"));
        way("getProof 503, problem sealers-away", () -> app.get(API + "receipts/" + counted.receipt() + "/proof"));
        way(
                "getProof 200",
                () -> proof(
                        200,
                        "application/json",
                        "{\"format\":\"votelog-proof/1\",\"ballotId\":\"open\",\"receipt\":\"%s\","
                                + "\"verdict\":\"ACCEPTED\",\"vote\":\"c2sp.org/tlog-proof@v1\",\"verdictProof\":\"c2sp.org/tlog-proof@v1\"}"));
        way(
                "problem not-sealed-yet",
                () -> proof(
                        503,
                        "application/problem+json",
                        "{\"type\":\"urn:votelog:problem:not-sealed-yet\","
                                + "\"title\":\"Not sealed yet\",\"status\":503,\"detail\":\"of %s\"}"));
        way("getProof 400", () -> app.get(API + "receipts/x/proof"));
        way("getProof 409", () -> app.get(API + "receipts/" + forgotten.receipt() + "/proof"));
        way("getReceiptPage 200", () -> app.get(PAGES + counted.receipt()));
        way("getReceiptPage 400", () -> app.get(PAGES + "x"));
        way("getReceiptPage 404", () -> app.get(PAGES + new Receipt(log.voter(), log.voteId())));
        way("getReceiptPage 409", () -> app.get(PAGES + forgotten.receipt()));
        way("enterReceipt 200", () -> app.get("/ballots/open/receipts"));
        way("enterReceipt 303", () -> app.get("/ballots/open/receipts?receipt=" + counted.receipt()));
        way("enterReceipt 400", () -> app.get("/ballots/open/receipts?receipt=x"));
        way("enterReceipt 404", () -> app.get("/ballots/none/receipts"));
        way("getVoter 200", () -> app.get(API + "voters/" + counted.voter()));
        way("getVoter 400, problem malformed-voter", () -> app.get(API + "voters/x"));
        way("getVoter 404", () -> app.get("/v1/ballots/none/voters/" + counted.voter()));
    }

    /** What comes of the answer of a sealer; infra/local has the real one, which is asked at this address. */
    private static void proof(int status, String type, String answer) throws Exception {
        HttpServer sealer = HttpServer.create(new InetSocketAddress("127.0.0.1", SEALER), 0);
        sealer.createContext("/v1/ballots/open/receipts/" + counted.receipt() + "/proof", exchange -> {
            byte[] body = answer.formatted(counted.receipt()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (status == 503) {
                exchange.getResponseHeaders().set("Retry-After", "5");
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        sealer.start();
        try {
            HttpResponse<String> got =
                    app.get(API + "receipts/" + counted.receipt() + "/proof?offset=" + counted.offset());
            assertThat(got.statusCode()).isEqualTo(status);
            assertThat(got.body()).isEqualTo(answer.formatted(counted.receipt()));
        } finally {
            sealer.stop(0);
        }
    }

    private void describeMisses() {
        way("problem malformed-request", () -> raw("GET /v1/ballots/%zz/results HTTP/1.1\r\nHost: x\r\n\r\n"));
        way("problem uri-too-long", () -> raw("GET /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"));
        way(
                "problem headers-too-large",
                () -> raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9_000) + "\r\n\r\n"));
        way("problem not-found", () -> app.get("/v1/nothing"));
        way(
                "problem method-not-allowed",
                () -> RunningApp.HTTP.send(
                        HttpRequest.newBuilder(app.uri(API + "results"))
                                .DELETE()
                                .build(),
                        BodyHandlers.ofString()));
    }

    /** Pages of foreign origins and addresses that send too much are told the same wherever they knock. */
    private void describeWhatHoldsForEveryRoute() {
        for (OpenApi.Operation operation : RunningApp.CONTRACT.document().operations()) {
            String target =
                    operation.path().replaceFirst("\\{ballotId}", "open").replaceAll("\\{[^}]*}", "x");
            if (operation.statuses().contains(403)) {
                way(
                        operation.id() + " 403, problem origin-not-allowed",
                        () -> app.get(target, "Origin", "https://evil.example"));
            }
            if (operation.statuses().contains(429)) {
                way(operation.id() + " 429, problem too-many-requests", () -> {
                    bounded.get(target);
                    bounded.get(target);
                });
            }
        }
    }

    /** Brings about the answers that use up something which the application does not get back. */
    private void describeTheEnd() {
        way("problem log-slow, problem overloaded", () -> {
            cluster.kill(1);
            // A single address would get a 429 first.
            List<RawConnection> clients = new ArrayList<>();
            try {
                for (int n = 1; n <= MORE_THAN_READ_THE_LOG_AT_ONCE; n++) {
                    clients.add(RawConnection.from("127.0.3." + n, app.port()));
                }
                clients.forEach(client -> client.send("GET " + API + "receipts/" + forgotten.receipt() + "?offset="
                        + forgotten.offset() + " HTTP/1.1\r\nHost: x\r\n\r\n"));
                assertThat(clients)
                        .allSatisfy(client ->
                                assertThat(client.next().orElseThrow().status()).isEqualTo(503));
            } finally {
                clients.forEach(RawConnection::close);
            }
        });
        way("getReceipt 503, getVoter 503, problem not-available", () -> {
            app.stopPart("counting");
            app.get(counted.receiptPath("open"));
            app.get(API + "voters/" + counted.voter());
        });
        way("getReceiptPage 503", () -> app.get(PAGES + counted.receipt()));
        way("problem shutting-down", () -> {
            app.stopPart("endStreams");
            app.get(API + "results/stream");
        });
    }

    private void way(String answers, How how) {
        ways.add(new Way(new TreeSet<>(List.of(answers.split(", "))), how));
    }

    /** Sends what is no request, and reads to the end of the connection. */
    private static void raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", app.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }

    /**
     * Asks with the entity tag of the last answer until nothing has changed: versions rise while partitions come to be counted.
     */
    private static void again(String path) {
        await().until(() -> {
            String tag = app.get(path).headers().firstValue("ETag").orElseThrow();
            return app.get(path, "If-None-Match", tag).statusCode() == 304;
        });
    }

    /** The tag of a state that is not counted yet. */
    private static String ahead() {
        return app.get(API + "results")
                .headers()
                .firstValue("ETag")
                .orElseThrow()
                .replaceFirst("[0-9]+", "999999");
    }

    private static String pageFile() {
        return app.get("/ballots/open/results").body().replaceAll("(?s).*?(/assets/results/[^\"]+).*", "$1");
    }
}
