// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Instance;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.observe.PrometheusProcess;
import io.votelog.infra.testing.PrometheusApi;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert of infra/observability is fired by a fault of real processes, with Debian's Prometheus and the rules as they stand. */
@WholeSystem
class AlertsIT {
    private static final String BALLOT = "/v1/ballots/gz-customs-2021";
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Set<String> fired = new TreeSet<>();
    private final AtomicInteger users = new AtomicInteger();

    @TempDir
    Path dir;

    private OperatedSystem system;
    private PrometheusApi prometheus;

    @Test
    void eachShouldBeFiredByItsFault() throws Exception {
        assumeTrue(PrometheusProcess.program().isPresent(), "no Prometheus is installed");
        FreePorts ports = new FreePorts();
        Address sealed = new Address(ports.next(), "the health of the sealer");
        try (OperatedSystem operated =
                OperatedSystem.withBroker(dir, Secrets.drawn(), Map.of("votelog.streams.standstill-after", "2s"))) {
            system = operated.startApps().publish();
            // The one that strangers come to.
            system.start(
                    App.PRODUCER,
                    Map.of(
                            "VOTELOG_MAX_CONNECTIONS", "220",
                            "VOTELOG_LIMITS_ADDRESS_CONNECTIONS", "200",
                            "VOTELOG_LIMITS_READS_RATE", "1",
                            "VOTELOG_LIMITS_READS_BURST", "10",
                            "VOTELOG_MAX_VOTES_UNDER_WAY", "4"));
            ChildJvm sealer =
                    system.startSealer(Duration.ofSeconds(6), new Address(ports.next(), "the sealed log"), sealed);
            try (PrometheusProcess watching = PrometheusProcess.start(
                    Path.of("../..").toAbsolutePath().normalize(),
                    dir.resolve("prometheus"),
                    ports.next(),
                    List.of(
                            PrometheusProcess.Job.of(App.PRODUCER, managed(App.PRODUCER)),
                            PrometheusProcess.Job.of(App.STREAMS, managed(App.STREAMS)),
                            PrometheusProcess.Job.ofSealers(List.of(sealed.port()))))) {
                prometheus = new PrometheusApi(watching.url());
                allIsWell();
                Set<String> all = prometheus.alertRules();
                othersChangeTheCluster();
                strangersComeToTheDoor();
                allIsMended();
                brokersAreSlowAndGone();
                strangersWriteIntoTheLog(sealer);
                theLogIsMadeAnew();
                partsDie();
                assertThat(fired).as("every alert that there is").isEqualTo(all);
            }
        }
    }

    private void allIsWell() throws Exception {
        system.cast("ada", "01", "25");
        system.awaitResults(1, 0);
        await("two looks at everything")
                .atMost(LONGEST)
                .until(() -> prometheus
                                .query("count(count_over_time(up[1m]) >= 3 and up == 1) == 4")
                                .size()
                        == 1);
        TimeUnit.SECONDS.sleep(20);
        assertThat(prometheus.firing()).as("alerts of a system that is well").isEmpty();
    }

    /** What these changes fire is awaited while strangers come. */
    private void othersChangeTheCluster() throws Exception {
        Instance first = system.processes(App.STREAMS).get(0).instance();
        system.start(
                App.STREAMS,
                Map.of("VOTELOG_STREAMS_ADVERTISED", "127.0.0.1:" + first.http().port()));
        // Nothing starts on such a cluster any more.
        try (Admin admin = admin()) {
            retention(admin, "3600000");
            admin.createPartitions(Map.of(Topics.VOTES.name(), NewPartitions.increaseTo(6)))
                    .all()
                    .get();
        }
    }

    private void allIsMended() throws Exception {
        fires("VotelogClusterUnfit", "VotelogAddressContested", "VotelogPartitionsAdded");
        system.processes(App.STREAMS).get(1).stop(OperatedSystem.PATIENCE);
        try (Admin admin = admin()) {
            retention(admin, "-1");
        }
        await("the next look at the cluster")
                .atMost(LONGEST)
                .until(() -> !prometheus.firing().containsKey("VotelogClusterUnfit"));
    }

    private void strangersComeToTheDoor() throws Exception {
        List<Socket> held = new ArrayList<>();
        URI gateway = gateway(1);
        Thread withoutTokens = inTurn(1_000, () -> sendVote(gateway(0), "no-token"));
        try {
            for (int request = 0; request < 2_000; request++) {
                http.send(HttpRequest.newBuilder(gateway.resolve(BALLOT)).build(), BodyHandlers.discarding());
            }
            for (int connection = 0; connection < 240; connection++) {
                Socket socket = new Socket();
                held.add(socket);
                try {
                    socket.connect(new InetSocketAddress(gateway.getHost(), gateway.getPort()), 5_000);
                    // A connection on which nothing is asked is closed after a while.
                    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
                } catch (IOException reset) {
                    // As it should be, of those that are too many.
                }
            }
            http.send(
                    HttpRequest.newBuilder(streams().resolve(BALLOT + "/receipts/" + "0".repeat(32)))
                            .header("Votelog-Forwarded", "true")
                            .header("Votelog-Client", "192.0.2.1 key proof")
                            .build(),
                    BodyHandlers.discarding());
            fires(
                    "VotelogSignInsRefused",
                    "VotelogRequestsLimited",
                    "VotelogConnectionsRefused",
                    "VotelogConnectionsNearlyFull",
                    "VotelogInstancesUnproven");
        } finally {
            withoutTokens.interrupt();
            withoutTokens.join();
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private void strangersWriteIntoTheLog(ChildJvm sealer) throws Exception {
        int partition = system.cast("ada", "01", "25").path("partition").intValue();
        try (KafkaProducer<byte[], byte[]> stranger = producer()) {
            stranger.send(new ProducerRecord<>(Topics.VOTES.name(), partition, new byte[16], new byte[1]))
                    .get();
            stranger.send(new ProducerRecord<>(Topics.BALLOTS.name(), 0, new byte[16], new byte[1]))
                    .get();
        }
        try (StrangersTransaction open = new StrangersTransaction(system, partition)) {
            // The same voter's, so it stands behind the transaction.
            system.cast("ada", "01", "25");
            fires(
                    "VotelogDeadLetters",
                    "VotelogControlRecordsPassedOver",
                    "VotelogResultsStandStill",
                    "VotelogResultsOld",
                    "VotelogSealBehind");
            open.abort();
        }
        // What lacks offsets is not sealed.
        assertThat(sealer.awaitEnd(LONGEST)).isTrue();
        fires("VotelogOffsetsMissing", "VotelogNobodySeals");
    }

    private void brokersAreSlowAndGone() throws Exception {
        List<Thread> voters = new ArrayList<>();
        for (int voter = 0; voter < 8; voter++) {
            voters.add(inTurn(5, () -> vote(gateway(1))));
        }
        Thread slow = inTurn(50, () -> {
            system.kafka().pause(1);
            try {
                TimeUnit.MILLISECONDS.sleep(1_500);
            } finally {
                system.kafka().resume(1);
            }
        });
        fires("VotelogAcknowledgementsSlow", "VotelogGatewayNearlyFull");
        slow.interrupt();
        slow.join();
        system.kafka().kill(1);
        fires("VotelogVotesFail", "VotelogSealerFails");
        system.kafka().restart(1);
        for (Thread voter : voters) {
            voter.interrupt();
            voter.join();
        }
        await("votes are taken again")
                .atMost(LONGEST)
                .ignoreExceptions()
                .untilAsserted(() -> system.cast("voter-" + users.incrementAndGet(), "01", "25"));
    }

    private void theLogIsMadeAnew() throws Exception {
        try (Admin admin = admin()) {
            for (Topic topic : List.of(Topics.VOTES, Topics.BALLOTS)) {
                admin.deleteTopics(List.of(topic.name())).all().get();
                await().atMost(LONGEST)
                        .pollInterval(Duration.ofMillis(20))
                        .ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
                        .until(() -> {
                            admin.createTopics(List.of(topic.newTopic(6, 1)))
                                    .all()
                                    .get();
                            return true;
                        });
            }
        }
        Thread voter = inTurn(200, () -> vote(gateway(0)));
        fires("VotelogLogReplaced", "VotelogBallotsNotFollowed");
        voter.interrupt();
        voter.join();
    }

    private void partsDie() throws Exception {
        system.processes(App.PRODUCER).forEach(AppProcess::kill);
        system.processes(App.STREAMS).forEach(AppProcess::kill);
        fires("VotelogPartDown", "VotelogNoGateway", "VotelogNoStreamsApp");
    }

    /** Returns when all of these fire; what each says is whole. */
    private void fires(String... alerts) {
        await(List.of(alerts).toString()).atMost(LONGEST).untilAsserted(() -> assertThat(prometheus.firing())
                .containsKeys(alerts)
                .allSatisfy((alert, summary) ->
                        assertThat(summary).isNotBlank().doesNotContain("<no value>", "error expanding")));
        fired.addAll(List.of(alerts));
    }

    private List<Integer> managed(App app) {
        return system.processes(app).stream()
                .map(process -> process.instance().management().port())
                .toList();
    }

    private URI gateway(int number) {
        return system.processes(App.PRODUCER).get(number).instance().http().url();
    }

    private URI streams() {
        return system.processes(App.STREAMS).get(0).instance().http().url();
    }

    private void vote(URI gateway) throws Exception {
        sendVote(gateway, system.token("voter-" + users.incrementAndGet(), ""));
    }

    private void sendVote(URI gateway, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve(BALLOT + "/votes"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString("{\"choices\": [\"01\", \"25\"]}"))
                .build();
        http.send(request, BodyHandlers.discarding());
    }

    /** What is done again and again. */
    private interface Deed {
        void run() throws Exception;
    }

    /** A thread that does it with pauses between, until it is interrupted. That it fails is part of the fault. */
    private static Thread inTurn(long pauseMs, Deed deed) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    try {
                        deed.run();
                    } catch (IOException failed) {
                        // The next one may be answered.
                    }
                    TimeUnit.MILLISECONDS.sleep(pauseMs);
                }
            } catch (InterruptedException asked) {
                // It was asked to end.
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void retention(Admin admin, String ms) throws Exception {
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name());
        Collection<AlterConfigOp> set = List.of(new AlterConfigOp(new ConfigEntry("retention.ms", ms), OpType.SET));
        admin.incrementalAlterConfigs(Map.of(votes, set)).all().get();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", system.bootstrapServers()));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", system.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
