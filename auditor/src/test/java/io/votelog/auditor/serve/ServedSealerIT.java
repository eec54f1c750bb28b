// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.auditor.AuditorApplication;
import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.Ports;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.promise.OpeningTicket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two sealers of one log, as processes: what they serve, and who seals when one of them is killed. */
@WithKafka(freshTopics = true)
class ServedSealerIT {
    private static final BallotDefinition FRUITS = TestLog.fruits();
    private static final Duration SOON = Duration.ofMinutes(2);

    /** A voter whose vote is accepted, one whose first vote is rejected, and one whose vote is annulled. */
    private static final int ACCEPTED = 0;

    private static final int REJECTED = 1;
    private static final int ANNULLED = 2;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ChildJvm> sealers = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    @TempDir
    private Path dir;

    private String address;
    private String vkeys;
    private final TestLog log = log();

    private static TestLog log() {
        TestLog log = new TestLog().publish(FRUITS);
        log.vote(ACCEPTED, ACCEPTED, "a1", "b1").vote(REJECTED, REJECTED, "a1");
        log.vote(ANNULLED, ANNULLED, "a2", "b2").annul(FRUITS, ANNULLED, ANNULLED, "cast with a stolen sign-in");
        for (int voter = 3; voter < 300; voter++) {
            log.vote(voter, voter, "a1", "b2");
        }
        return PublishedLog.of(log, 1);
    }

    @BeforeEach
    void writeLogAndStart(KafkaBroker broker) throws Exception {
        address = broker.bootstrapServers();
        CommandRun.of("keygen", "--origin", "example.org/served", "--out", dir.resolve("key"));
        SealingKey key = SealingKey.parse(Files.readString(dir.resolve("key")));
        vkeys = key.publicKey().votes().vkey() + " "
                + key.publicKey().verdicts().vkey();
        broker.createTopics(
                Topics.BALLOTS.newTopic(1, 1),
                Topics.VOTES.newTopic(TestLog.PARTITIONS, 1),
                Topics.DECISIONS.newTopic(TestLog.PARTITIONS, 1),
                Topics.DEAD_LETTERS.newTopic(TestLog.PARTITIONS, 1),
                Topics.RESULTS.newTopic(TestLog.PARTITIONS, 1),
                Topics.SEALS.newTopic(1, 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            copy(admin);
        }
        start("one");
        start("two");
    }

    /** Writes what the log in memory has to the brokers, and says that all of it is counted. */
    private void copy(Admin admin) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Topic topic : List.of(Topics.BALLOTS, Topics.VOTES, Topics.DECISIONS)) {
                for (int partition = 0; partition < log.ranges(topic.name()).size(); partition++) {
                    for (ConsumerRecord<byte[], byte[]> record : log.records(topic, partition)) {
                        producer.send(new ProducerRecord<>(topic.name(), partition, record.key(), record.value()))
                                .get();
                    }
                    if (topic == Topics.VOTES) {
                        counted.put(
                                new TopicPartition(topic.name(), partition),
                                new OffsetAndMetadata(
                                        log.records(topic, partition).size()));
                    }
                }
            }
        }
        admin.alterConsumerGroupOffsets("counting", counted).all().get();
    }

    private void start(String name) {
        int port = freePort();
        int management = freePort();
        ports.add(port);
        ports.add(management);
        List<String> words = new ArrayList<>(List.of(
                "seal",
                "--bootstrap-servers",
                address,
                "--log",
                dir.resolve(name).toString(),
                "--key",
                dir.resolve("key").toString(),
                "--group",
                "counting",
                "--every",
                "0.5",
                "--standby",
                "--serve",
                Integer.toString(port),
                "--management",
                Integer.toString(management),
                "--public-key",
                TestLog.publicKey(),
                "--json"));
        if (sealers.isEmpty()) {
            // The first one alone shows voters their choices.
            words.add("--openings");
        }
        sealers.add(ChildJvm.of(name, AuditorApplication.class.getName())
                .jvmArgs("-Xmx128m")
                .logFile(dir.resolve(name + ".log"))
                .args(words.toArray(String[]::new))
                .start());
    }

    private static int freePort() {
        return Ports.anyFree(Set.of());
    }

    @AfterEach
    void stop(KafkaBroker broker) {
        sealers.forEach(sealer -> sealer.stop(Duration.ofSeconds(10)));
        broker.deleteTopics();
    }

    private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)));
        for (int at = 0; at < headers.length; at += 2) {
            request.header(headers[at], headers[at + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private int publicPort(int sealer) {
        return ports.get(2 * sealer);
    }

    private String metrics(int sealer) throws Exception {
        return get(ports.get(2 * sealer + 1), "/actuator/prometheus").body();
    }

    private void awaitReady(int sealer) {
        await("sealer " + sealer)
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> get(ports.get(2 * sealer + 1), "/actuator/health/readiness")
                                .statusCode()
                        == 200);
    }

    private long leaves(int sealer) {
        try {
            HttpResponse<String> checkpoint = get(publicPort(sealer), "/verdicts/checkpoint");
            return checkpoint.statusCode() == 200
                    ? Long.parseLong(checkpoint.body().split("\n")[1])
                    : 0;
        } catch (Exception e) {
            return 0;
        }
    }

    private long records() {
        return log.records(Topics.VOTES, 0).size()
                + log.records(Topics.VOTES, 1).size();
    }

    private static Receipt receipt(int voter) {
        return new Receipt(Pseudonym.of(TestLog.voter(voter)), TestLog.voteId(voter));
    }

    private String proofPath(int voter) {
        Receipt receipt = receipt(voter);
        int partition = receipt.voter().partition(TestLog.PARTITIONS);
        long offset = log.records(Topics.VOTES, partition).stream()
                .filter(record -> record.key() != null && Arrays.equals(record.key(), TestLog.voter(voter)))
                .findFirst()
                .orElseThrow()
                .offset();
        return "/v1/ballots/fruits/receipts/%s/proof?partition=%d&offset=%d".formatted(receipt, partition, offset);
    }

    @Test
    void shouldServeProofsThatAnybodyCanCheckAndSealOnWhenTheActiveOneIsKilled() throws Exception {
        awaitReady(0);
        awaitReady(1);
        await("both have the whole log").atMost(SOON).until(() -> leaves(0) > records() && leaves(1) == leaves(0));
        await("both have looked through it")
                .atMost(SOON)
                .until(() -> get(publicPort(0), proofPath(ANNULLED)).statusCode() == 200
                        && get(publicPort(1), proofPath(ANNULLED)).statusCode() == 200);
        await("one of them seals")
                .atMost(SOON)
                .until(() -> metrics(0).contains("votelog_sealer_active 1")
                        != metrics(1).contains("votelog_sealer_active 1"));
        int active = metrics(0).contains("votelog_sealer_active 1") ? 0 : 1;
        for (int sealer : new int[] {0, 1}) {
            provesTheVotes(sealer);
            servesItsFiles(sealer);
        }
        opensTheChoicesToTheVoterAlone();
        answersForItsHealthWhileAnotherClientStopsInItsRequest(0);
        assertThat(metrics(active))
                .contains(
                        "votelog_sealer_leaves{tree=\"verdicts\"} " + leaves(active),
                        "votelog_sealer_unsealed_records{partition=\"0\"} 0",
                        "votelog_sealer_proofs_total{outcome=\"proven\"} ");

        sealers.get(active).kill();
        long killedNanos = System.nanoTime();
        long before = leaves(1 - active);
        write(300);
        await("the other one seals").atMost(Duration.ofSeconds(30)).until(() -> leaves(1 - active) > before);
        System.out.printf(
                "another sealer took over %.1f s after the active one was killed%n",
                (System.nanoTime() - killedNanos) / 1e9);
        assertThat(metrics(1 - active)).contains("votelog_sealer_active 1");

        // The one that was killed comes back as a follower, with its folder.
        String name = active == 0 ? "one" : "two";
        ports.set(2 * active, freePort());
        start(name);
        int back = sealers.size() - 1;
        await("it is level again").atMost(SOON).until(() -> leaves(back) == leaves(1 - active));
        CommandRun verified = CommandRun.of(
                "verify", "--log", "http://127.0.0.1:" + publicPort(1 - active), "--log-key", vkeys, "--quiet");
        assertThat(verified.out()).doesNotContain("FAIL");
        assertThat(verified.exitCode()).isIn(0, 3);
    }

    /** A log has one key for each tree, for good: who has another one of the same name neither seals nor follows. */
    @Test
    void shouldNotSealWithAnotherKeyOfTheSameName() throws Exception {
        awaitReady(0);
        await("it is sealed").atMost(SOON).until(() -> leaves(0) > records());
        CommandRun.of("keygen", "--origin", "example.org/served", "--out", dir.resolve("another-key"));
        for (String more : List.of("--once", "--standby")) {
            CommandRun refused = CommandRun.of(
                    "seal",
                    "--bootstrap-servers",
                    address,
                    "--log",
                    dir.resolve("three"),
                    "--key",
                    dir.resolve("another-key"),
                    "--group",
                    "counting",
                    more);
            assertThat(refused.exitCode()).as(refused.out() + refused.err()).isEqualTo(2);
            assertThat(refused.err()).contains("signed with another key");
        }
    }

    /** The one that seals waits for its disk and never gets an answer, while all the rest of it lives. */
    @Test
    @WholeSystem
    void shouldBeReplacedWhereItsDiskHangs() throws Exception {
        awaitReady(0);
        awaitReady(1);
        await("both have the whole log").atMost(SOON).until(() -> leaves(0) > records() && leaves(1) == leaves(0));
        int active = metrics(0).contains("votelog_sealer_active 1") ? 0 : 1;
        Path next = dir.resolve(active == 0 ? "one" : "two").resolve("votes/checkpoint.next");
        // Whoever opens a pipe to write to it waits for somebody who reads.
        assertThat(new ProcessBuilder("mkfifo", next.toString()).start().waitFor())
                .isZero();

        long before = leaves(1 - active);
        long hungNanos = System.nanoTime();
        // It seals this vote and hangs as it shows the checkpoint, which the other one may have from the topic of
        // seals.
        write(300);
        await("this vote is shown by the other one").atMost(SOON).until(() -> leaves(1 - active) > before);
        long then = leaves(1 - active);
        write(301);
        await("the other one seals").atMost(SOON).until(() -> leaves(1 - active) > then);
        System.out.printf(
                "another sealer took over %.1f s after the disk of the active one hung%n",
                (System.nanoTime() - hungNanos) / 1e9);
        assertThat(metrics(1 - active)).contains("votelog_sealer_active 1");
        assertThat(sealers.get(active).logTail(20)).anyMatch(line -> line.contains("another one is to seal"));
        assertThat(sealers.get(active).isAlive()).isTrue();
    }

    private void answersForItsHealthWhileAnotherClientStopsInItsRequest(int sealer) throws Exception {
        int port = ports.get(2 * sealer + 1);
        try (Socket slow = new Socket("127.0.0.1", port)) {
            slow.getOutputStream().write("GET /actuator/health HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            HttpRequest health = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:%d/actuator/health".formatted(port)))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            assertThat(http.send(health, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
    }

    private void write(int voter) throws Exception {
        byte[] key = TestLog.voter(voter);
        int partition = Pseudonym.partition(key, TestLog.PARTITIONS);
        log.vote(voter, voter, "a1", "b1");
        List<ConsumerRecord<byte[], byte[]>> votes = log.records(Topics.VOTES, partition);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer());
                Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            long offset = producer.send(new ProducerRecord<>(
                            Topics.VOTES.name(),
                            partition,
                            key,
                            votes.get(votes.size() - 1).value()))
                    .get()
                    .offset();
            admin.alterConsumerGroupOffsets(
                            "counting",
                            Map.of(
                                    new TopicPartition(Topics.VOTES.name(), partition),
                                    new OffsetAndMetadata(offset + 1)))
                    .all()
                    .get();
        }
    }

    private void provesTheVotes(int sealer) throws Exception {
        Path announcement = Files.writeString(
                dir.resolve("announcement.json"),
                get(publicPort(sealer), "/announcement.json").body());
        Map<Integer, Integer> exitCodes = Map.of(ACCEPTED, 0, REJECTED, 5, ANNULLED, 6);
        for (Map.Entry<Integer, Integer> voter : exitCodes.entrySet()) {
            HttpResponse<String> proof = get(publicPort(sealer), proofPath(voter.getKey()));
            assertThat(proof.statusCode()).as(proof.body()).isEqualTo(200);
            assertThat(proof.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(proof.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue("*");
            assertThat(proof.body()).doesNotContain("\"a1\"").doesNotContain("choices");
            Path file = Files.writeString(dir.resolve("proof.json"), proof.body());
            CommandRun checked =
                    CommandRun.of("verify-receipt", receipt(voter.getKey()), file, "--announced", announcement);
            assertThat(checked.exitCode()).as(checked.out() + checked.err()).isEqualTo(voter.getValue());
            CommandRun ofAnother =
                    CommandRun.of("verify-receipt", receipt(voter.getKey() + 10), file, "--announced", announcement);
            assertThat(ofAnother.err()).contains("is of another receipt");
        }
        String known = proofPath(ACCEPTED);
        problem(sealer, 404, "unknown-receipt", known.replace("ballots/fruits", "ballots/others"));
        problem(sealer, 404, "unknown-receipt", known.replaceAll("offset=\\d+", "offset=0"));
        problem(sealer, 404, "unknown-receipt", known.replaceAll("receipts/[^/]+", "receipts/short"));
        problem(sealer, 503, "not-sealed-yet", known.replaceAll("offset=\\d+", "offset=99999"));
        problem(sealer, 503, "not-sealed-yet", known.replaceAll("partition=\\d+", "partition=7"));
        problem(sealer, 400, "bad-request", known.replaceAll("\\?.*", ""));
        problem(sealer, 400, "bad-request", known.replaceAll("offset=\\d+", "offset=-1"));
        problem(sealer, 404, "not-found", "/v1/ballots/fruits/receipts");
    }

    private void problem(int sealer, int status, String code, String path) throws Exception {
        HttpResponse<String> answer = get(publicPort(sealer), path);
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"urn:votelog:problem:" + code + "\"");
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
    }

    private void opensTheChoicesToTheVoterAlone() throws Exception {
        String path = proofPath(ACCEPTED).replace("/proof?", "/opening?");
        KeyPair gateway = LogSigner.newKeyPair();
        String ticket = ticket(TestLog.SIGNER, gateway, "fruits", ACCEPTED, 60);
        HttpResponse<String> opened = get(publicPort(0), path, "Authorization", "Bearer " + ticket);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        assertThat(opened.headers().firstValue("Cache-Control")).hasValue("no-store");
        JsonNode opening = new JsonMapper().readTree(opened.body());
        assertThat(opening.path("format").stringValue()).isEqualTo("votelog-opening/1");
        // What is opened is what the leaf of the proof commits to.
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(Base64.getUrlDecoder().decode(opening.path("choicesSalt").stringValue()));
        for (String choice : List.of("a1", "b1")) {
            sha256.update(new byte[] {0, 2});
            sha256.update(choice.getBytes(StandardCharsets.US_ASCII));
        }
        TlogProof proof = TlogProof.parse(new JsonMapper()
                .readTree(get(publicPort(0), proofPath(ACCEPTED)).body())
                .path("vote")
                .stringValue());
        byte[] entry = Arrays.copyOfRange(
                proof.extra().orElseThrow(), 32, proof.extra().orElseThrow().length);
        // Behind kind, partition, offset and the commitment to the voter.
        assertThat(Arrays.copyOfRange(entry, 13 + 32, 13 + 64)).isEqualTo(sha256.digest());

        KeyPair another = LogSigner.newKeyPair();
        LogSigner stranger =
                LogSigner.of(LogSigner.privateKeyText(another), LogKeys.publicKeyText(another.getPublic()));
        refused(401, "unauthorized", path, "none");
        refused(401, "unauthorized", path, ticket.substring(0, ticket.length() - 2));
        refused(401, "unauthorized", path, ticket(stranger, gateway, "fruits", ACCEPTED, 60));
        refused(403, "ticket-expired", path, ticket(TestLog.SIGNER, gateway, "fruits", ACCEPTED, -1));
        refused(403, "ticket-expired", path, ticket(TestLog.SIGNER, gateway, "fruits", ACCEPTED, 100 * 24 * 3_600));
        refused(403, "anothers-ticket", path, ticket(TestLog.SIGNER, gateway, "fruits", REJECTED, 60));
        refused(403, "anothers-ticket", path, ticket(TestLog.SIGNER, gateway, "others", ACCEPTED, 60));
        assertThat(get(publicPort(1), path, "Authorization", "Bearer " + ticket).body())
                .contains("openings-off");
    }

    private void refused(int status, String code, String path, String ticket) throws Exception {
        HttpResponse<String> answer = get(publicPort(0), path, "Authorization", "Bearer " + ticket);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("urn:votelog:problem:" + code).doesNotContain("choicesSalt");
    }

    /** A gateway's ticket, whose key this signer has named. */
    private static String ticket(LogSigner signer, KeyPair gateway, String ballotId, int voter, int seconds)
            throws Exception {
        OpeningTicket ticket =
                new OpeningTicket(ballotId, receipt(voter).voter(), System.currentTimeMillis() + seconds * 1_000L);
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(gateway.getPrivate());
        ed25519.update(ticket.bytes());
        byte[] publicKey = Base64.getDecoder().decode(LogKeys.publicKeyText(gateway.getPublic()));
        return new OpeningTicket.Signed(ticket, ed25519.sign(), signer.gatewayKeyNamed(publicKey)).text();
    }

    private void servesItsFiles(int sealer) throws Exception {
        int port = publicPort(sealer);
        HttpResponse<String> checkpoint = get(port, "/votes/checkpoint");
        assertThat(checkpoint.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
        assertThat(checkpoint.headers().firstValue("Cache-Control")).hasValue("public, max-age=1");
        String tag = checkpoint.headers().firstValue("ETag").orElseThrow();
        assertThat(get(port, "/votes/checkpoint", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        for (String tile : List.of("/votes/tile/0/000", "/verdicts/tile/entries/000")) {
            HttpResponse<String> answer = get(port, tile);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
            assertThat(answer.headers().firstValue("Cache-Control").orElseThrow())
                    .contains("immutable");
        }
        for (String none : List.of(
                "/votes/.lock",
                "/.lock",
                "/votes/tile/0/999",
                "/votes/tile/../checkpoint",
                "/votes/%2e%2e/key",
                "/key",
                "/announcement.json/more")) {
            assertThat(get(port, none).statusCode()).as(none).isEqualTo(404);
        }
        HttpResponse<String> page = get(port, "/check");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/votes/checkpoint".formatted(port)))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        HttpRequest head = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/votes/checkpoint".formatted(port)))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(head, BodyHandlers.ofString()).headers().firstValueAsLong("Content-Length"))
                .hasValue(checkpoint.body().getBytes(StandardCharsets.UTF_8).length);
    }
}
