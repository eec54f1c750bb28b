// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AuditorJar;
import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.Tokens;
import io.votelog.infra.system.VoteDraw;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.infra.testing.WithKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pods of the small overlay as processes of this machine: the programs, with the variables, files and arguments that the files give them, on a
 * broker without TLS and rights. Their probes answer, a vote is counted, sealed and proven, and what the autoscalers look at is there.
 */
@WithKafka(freshTopics = true)
@WholeSystem
class PodsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final FreePorts ports = new FreePorts();
    private final Manifests manifests = Kustomization.of(Place.SMALL);
    private final Secrets secrets = Secrets.drawn();
    private final List<ChildJvm> children = new ArrayList<>();
    private final Map<Part, Map<String, Integer>> listening = new EnumMap<>(Part.class);
    private final List<Map<String, Integer>> sealers = new ArrayList<>();

    @AfterEach
    void stop() {
        children.forEach(child -> child.stop(Duration.ofSeconds(45)));
    }

    @Test
    void shouldTakeAVoteAndCountIt(KafkaBroker broker) throws Exception {
        int replicas = SealerRules.workload(manifests).at("spec", "replicas").number();
        for (int ordinal = 0; ordinal < replicas; ordinal++) {
            sealers.add(Map.of("http", ports.next(), "management", ports.next()));
        }
        for (Part part : Part.values()) {
            start(part, broker);
        }
        for (Part part : Part.values()) {
            Tree container = Manifests.container(part.workload(manifests));
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                Tree get = container.at(probe, "httpGet");
                URI address =
                        address(part, get.at("port").text(), get.at("path").text());
                await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                                get(address).statusCode())
                        .as("%s of %s: %s", probe, part.module(), address)
                        .isEqualTo(200));
            }
        }

        Map<String, String> told = new Pod(Part.GATEWAY.workload(manifests), manifests).environment();
        Tokens tokens = new Tokens(
                secrets.hs256(), told.get("VOTELOG_AUTH_ISSUER"), told.get("VOTELOG_AUTH_AUDIENCE"), Clock.systemUTC());
        BallotSource ballot = BallotSource.seed(Place.ROOT).openFrom(Instant.now());
        String ballots = "/v1/ballots/" + ballot.ballot().id();
        new BallotPublisher(
                        http,
                        List.of(address(Part.GATEWAY, "http", "")),
                        () -> tokens.token("operator", "ballots:write"),
                        PATIENCE,
                        () -> {})
                .publish(ballot);
        String choices = new VoteDraw(ballot.ballot(), new Random(1))
                .next().stream().map(choice -> '"' + choice + '"').collect(Collectors.joining(","));
        HttpResponse<String> vote = http.send(
                HttpRequest.newBuilder(address(Part.GATEWAY, "http", ballots + "/votes"))
                        .header("Authorization", "Bearer " + tokens.token("ada", ""))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"choices\":[" + choices + "]}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(vote.statusCode()).as(vote.body()).isEqualTo(202);
        String location = vote.headers().firstValue("Location").orElse("");
        assertThat(location).startsWith(told.get("VOTELOG_PUBLIC_URLS_STREAMS") + ballots + "/receipts/");
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        get(address(Part.STREAMS, "http", ballots + "/results")).body())
                .contains("\"accepted\":1"));

        ScalingRules.METRICS.forEach(
                (part, metric) -> await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                                get(address(part, "management", "/actuator/prometheus"))
                                        .body())
                        .as("metrics of %s", part.module())
                        .containsPattern("(?m)^" + metric + "[ {]")));
        // The labels by which the README's rule for prometheus-adapter takes those who count.
        assertThat(Yaml.text(Place.HERE.resolve("README.md")))
                .contains("spring_id=\"counting\",client_id=~\".*-StreamThread-.*\"");
        assertThat(get(address(Part.STREAMS, "management", "/actuator/prometheus"))
                        .body())
                .containsPattern(ScalingRules.METRICS.get(Part.STREAMS)
                        + "\\{[^}]*client_id=\"[^\"]*-StreamThread-[^}]*spring_id=\"counting\"");
        shouldSealAndReplay(broker, ballots, location.replaceAll(".*/|\\?.*", ""));
    }

    /** With the arguments of the sealers' pods, of the audit's and of the backup's. */
    private void shouldSealAndReplay(KafkaBroker broker, String ballots, String receipt) throws Exception {
        AuditorJar auditor = new AuditorJar(Place.ROOT, folder, List.of("-Xmx256m"));
        Path key = folder.resolve("sealing-key");
        assertThat(run(auditor, "keygen", List.of("keygen", "--origin", "vote.example/trial", "--out", key.toString())))
                .isZero();
        List<ChildJvm> started = new ArrayList<>();
        for (int ordinal = 0; ordinal < sealers.size(); ordinal++) {
            started.add(startSealer(auditor, ordinal, Files.readString(key), broker));
        }
        Tree container = Manifests.container(SealerRules.workload(manifests));
        for (Map<String, Integer> opened : sealers) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                Tree get = container.at(probe, "httpGet");
                awaitOk(address(opened, get.at("port").text(), get.at("path").text()));
            }
            for (String path : List.of("/votes/checkpoint", "/verdicts/checkpoint", "/check", "/announcement.json")) {
                awaitOk(address(opened, "http", path));
            }
            Tree endpoint = Kustomization.of(Place.PRODUCTION)
                    .named("PodMonitor", SealerRules.NAME)
                    .at("spec", "podMetricsEndpoints", 0);
            assertThat(get(address(
                                    opened,
                                    endpoint.at("port").text(),
                                    endpoint.at("path").text()))
                            .body())
                    .containsPattern("(?m)^votelog_sealer_active [01]$");
        }
        await("one of them seals").atMost(PATIENCE).untilAsserted(() -> {
            int active = 0;
            for (Map<String, Integer> opened : sealers) {
                active += get(address(opened, "management", "/actuator/prometheus"))
                                .body()
                                .contains("votelog_sealer_active 1")
                        ? 1
                        : 0;
            }
            assertThat(active).isEqualTo(1);
        });
        shouldProve(auditor, ballots, receipt);
        // By whichever is left.
        started.get(0).stop(Duration.ofSeconds(45));
        shouldProve(auditor, ballots, receipt);
        PodOnDisk audit = onDisk(manifests.named("CronJob", "votelog-audit"), "votelog-audit", Map.of());
        Map<String, String> here = Map.of("--bootstrap-servers", broker.bootstrapServers());
        assertThat(run(auditor, "replay", with(audit.args(), here))).isZero();
        PodOnDisk backup = onDisk(manifests.named("CronJob", "votelog-backup"), "votelog-backup", Map.of());
        assertThat(run(auditor, "dump", with(backup.args(), here))).isZero();
        String copy = backup.path("/var/lib/votelog/votelog-backup-0").toString();
        assertThat(run(
                        auditor,
                        "replay-of-the-dump",
                        List.of("replay", "--dump", copy, "--public-key", secrets.publicKeys())))
                .isZero();
    }

    private ChildJvm startSealer(AuditorJar auditor, int ordinal, String key, KafkaBroker broker) throws Exception {
        Map<String, Integer> opened = sealers.get(ordinal);
        String name = SealerRules.NAME + "-" + ordinal;
        PodOnDisk pod = onDisk(
                SealerRules.workload(manifests),
                name,
                Map.of("Secret votelog-sealing-key", Map.of("sealing-key", key)));
        List<String> arguments = with(
                pod.args(),
                Map.of(
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--serve",
                        "127.0.0.1:" + opened.get("http"),
                        "--management",
                        "127.0.0.1:" + opened.get("management")));
        ChildJvm child = auditor.start(name, arguments.toArray(String[]::new));
        children.add(child);
        return child;
    }

    /** The read side has the proof of the vote from a sealer, and it holds with what was announced. */
    private void shouldProve(AuditorJar auditor, String ballots, String receipt) throws Exception {
        URI address = address(Part.STREAMS, "http", ballots + "/receipts/" + receipt + "/proof");
        awaitOk(address);
        Path proof =
                Files.writeString(folder.resolve("proof.json"), get(address).body());
        URI announced = address(sealers.get(sealers.size() - 1), "http", "/announcement.json");
        Path announcement = Files.writeString(
                folder.resolve("announcement.json"), get(announced).body());
        assertThat(run(
                        auditor,
                        "verify-receipt",
                        List.of("verify-receipt", receipt, proof.toString(), "--announced", announcement.toString())))
                .isZero();
    }

    private void awaitOk(URI address) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            HttpResponse<String> answer = get(address);
            assertThat(answer.statusCode()).as("%s: %s", address, answer.body()).isEqualTo(200);
        });
    }

    private int run(AuditorJar auditor, String name, List<String> arguments) {
        ChildJvm child = auditor.start(name, arguments.toArray(String[]::new));
        children.add(child);
        assertThat(child.awaitEnd(PATIENCE)).as("%s ends", name).isTrue();
        int code = child.exitCode().orElse(-1);
        assertThat(code).as(child.obituary(name)).isBetween(0, 3);
        return code;
    }

    /** The arguments, but for the values of these options. */
    private static List<String> with(List<String> arguments, Map<String, String> others) {
        List<String> changed = new ArrayList<>(arguments);
        others.forEach((option, value) -> {
            assertThat(changed).contains(option);
            changed.set(changed.indexOf(option) + 1, value);
        });
        return changed;
    }

    private PodOnDisk onDisk(Tree workload, String name, Map<String, Map<String, String>> more) throws Exception {
        Path root = Files.createDirectories(folder.resolve(name));
        Map<String, Map<String, String>> given = new HashMap<>(more);
        given.put(
                "Secret votelog-gateway-secrets",
                Map.of(
                        "votelog.pepper", secrets.pepper(),
                        "votelog.log.private-key", secrets.privateKey(),
                        "votelog.auth.hs256-secret", secrets.hs256()));
        given.put("ConfigMap votelog-log-keys", Map.of("votelog.log.public-keys", secrets.publicKeys()));
        manifests
                .ofKind("KafkaUser")
                .forEach(user ->
                        given.put("Secret " + user.name(), Map.of("sasl.jaas.config", "nobody.Looks required;")));
        PodOnDisk pod = PodOnDisk.write(workload, manifests, root, given);
        Path client = pod.path("/etc/votelog/kafka/client.properties");
        if (Files.exists(client)) {
            Files.writeString(client, Files.readString(client).replace("SASL_SSL", "PLAINTEXT"));
        }
        return pod;
    }

    private void start(Part part, KafkaBroker broker) throws Exception {
        PodOnDisk pod = onDisk(part.workload(manifests), part.workloadName(), Map.of());
        Map<String, Integer> opened = Map.of("http", ports.next(), "management", ports.next());
        listening.put(part, opened);
        App app = part == Part.GATEWAY ? App.PRODUCER : App.STREAMS;
        ChildJvm.Builder child = ChildJvm.ofBootJar(part.module(), app.jar(Place.ROOT))
                .workingDir(pod.root())
                .logFile(folder.resolve(part.module() + ".log"))
                .jvmArgs("-Xmx" + app.heap())
                .args(Stream.concat(
                                pod.args().stream(),
                                // What is another than in the cluster.
                                Stream.concat(
                                        elsewhere(part),
                                        Stream.of(
                                                "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                                                "--spring.kafka.security.protocol=PLAINTEXT",
                                                "--votelog.topics.replicas=1",
                                                "--server.address=127.0.0.1",
                                                "--server.port=" + opened.get("http"),
                                                "--management.server.address=127.0.0.1",
                                                "--management.server.port=" + opened.get("management"))))
                        .toArray(String[]::new));
        pod.environment().forEach(child::env);
        children.add(child.start());
    }

    /** Where the sealers are reached here. */
    private Stream<String> elsewhere(Part part) {
        return part == Part.STREAMS
                ? Stream.of("--votelog.sealed-log.urls="
                        + sealers.stream()
                                .map(sealer -> address(sealer, "http", "").toString())
                                .collect(Collectors.joining(",")))
                : Stream.empty();
    }

    private URI address(Part part, String port, String path) {
        return address(listening.getOrDefault(part, Map.of()), port, path);
    }

    private static URI address(Map<String, Integer> opened, String port, String path) {
        return URI.create("http://127.0.0.1:" + opened.get(port) + path);
    }

    private HttpResponse<String> get(URI address) throws Exception {
        return http.send(
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }
}
