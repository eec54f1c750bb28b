// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import io.votelog.infra.broker.BrokerSettings;
import io.votelog.infra.system.App;
import io.votelog.infra.system.Secrets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.DockerStatus;

/**
 * The images in a container engine, beside a broker of Kafka's official image: without a right, on a root that cannot be written. They take
 * some minutes to build, so this runs where {@value #PROPERTY} is {@code true}, and an engine answers.
 */
class ContainersIT {
    static final String PROPERTY = "votelog.images.containers";

    private static final Duration READY = Duration.ofSeconds(120);
    private static final int STOP_S = 40;
    private static final int VOTES = 200;
    private static final String KAFKA = "kafka:19092";
    private static final String ORIGIN = "votes.example.org/2021";
    private static final String VOLUME = "votelog-" + UUID.randomUUID();

    @TempDir
    static Path dir;

    private static Path tarballs;
    private static DockerClient engine;
    private static KafkaContainer kafka;
    private static String version;

    @BeforeAll
    static void loadImages() throws Exception {
        if (!Boolean.getBoolean(PROPERTY)) {
            System.out.println("images in containers skipped: -D" + PROPERTY + "=true has them run");
        }
        assumeTrue(Boolean.getBoolean(PROPERTY));
        boolean answers = DockerClientFactory.instance().isDockerAvailable();
        if (!answers) {
            System.out.println("images in containers skipped: no container engine answers");
        }
        assumeTrue(answers);
        engine = DockerClientFactory.instance().client();
        tarballs = Builds.all(dir);
        Builds.load(engine, tarballs);
        version = BuildFacts.of(Builds.REPOSITORY).version();
        kafka = new KafkaContainer(DockerImageName.parse("apache/kafka:" + AppInfoParser.getVersion()))
                .withListener(KAFKA)
                // It listens at the listener's name, which is to be all of its addresses.
                .withExtraHost("kafka", "0.0.0.0");
        BrokerSettings.forBrokers(1)
                .forEach((key, value) ->
                        kafka.withEnv("KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        kafka.start();
    }

    @AfterAll
    static void end() {
        if (kafka != null) {
            kafka.stop();
        }
        if (engine != null) {
            engine.removeVolumeCmd(VOLUME).exec();
        }
    }

    /** What is prepared of a start is never the same twice; all below it is. */
    @Test
    void shouldBeTheSameAtEachBuildButForWhatIsPrepared() throws IOException {
        Path plain = dir.resolve("plain");
        Builds.build(plain, "--no-aot");
        for (ImageApp app : ImageApp.values()) {
            List<String> below = new Tarball(Builds.tarball(plain, app)).layerDigests();
            List<String> layers = new Tarball(Builds.tarball(tarballs, app)).layerDigests();
            assertThat(layers).hasSize(below.size() + 1);
            assertThat(layers.subList(0, below.size())).isEqualTo(below);
        }
    }

    @Test
    void shouldCountAndSealVotesWithoutARightOnARootThatCannotBeWritten() throws Exception {
        Secrets secrets = Secrets.drawn();
        Path files = secretFiles(secrets);
        try (GenericContainer<?> gateway = app(
                        ImageApp.PRODUCER,
                        Map.of("SPRING_CONFIG_IMPORT", "configtree:/run/secrets/"),
                        create -> hostConfig(create).withBinds(Bind.parse(files + ":/run/secrets:ro")));
                GenericContainer<?> streams =
                        app(ImageApp.STREAMS, secrets.environment(App.STREAMS), create -> hostConfig(create)
                                .withTmpFs(Map.of("/tmp", "rw", ImagePaths.STATE, "rw,mode=0777")))) {
            gateway.start();
            streams.start();
            assertIsWithoutRights(gateway);
            assertIsWithoutRights(streams);
            Visitors visitors = Builds.visitors(
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                    new Visitors.Places(
                            url(gateway, 8080), url(streams, 8081), List.of(url(gateway, 9080), url(streams, 9081))),
                    secrets);
            visitors.publish();
            visitors.vote(VOTES);
            visitors.read(VOTES);
            assertThat(visitors.verdict().path("status").stringValue()).isEqualTo("accepted");

            assertThat(probe(gateway, 9080).getExitCode()).isZero();
            assertThat(probe(gateway, 9081).getExitCode()).isEqualTo(1);
            assertAudits(secrets);
            assertSeals(secrets);
            assertStops(streams);
            assertStops(gateway);
        }
    }

    /** As an orchestrator gives them: a file for each, whose name is the setting's. */
    private static Path secretFiles(Secrets secrets) throws IOException {
        Path folder = Files.createDirectory(
                dir.resolve("secrets"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(folder.resolve(Secrets.PEPPER_KEY), secrets.pepper());
        Files.writeString(folder.resolve(Secrets.HS256_KEY), secrets.hs256());
        Files.writeString(folder.resolve(Secrets.PRIVATE_KEY_KEY), secrets.privateKey());
        Files.writeString(folder.resolve(Secrets.PUBLIC_KEYS_KEY), secrets.publicKeys());
        return folder;
    }

    private static GenericContainer<?> app(
            ImageApp app, Map<String, String> environment, Consumer<CreateContainerCmd> more) {
        int management = app.ports().get(1);
        return container(app, more)
                .withEnv(environment)
                .withEnv("SPRING_KAFKA_BOOTSTRAP_SERVERS", KAFKA)
                .withExposedPorts(app.ports().toArray(Integer[]::new))
                .waitingFor(Wait.forHttp("/actuator/health/readiness")
                        .forPort(management)
                        .withStartupTimeout(READY));
    }

    /** On a root that cannot be written, but for a folder of temporary files, from which nothing may be run. */
    private static GenericContainer<?> container(ImageApp app, Consumer<CreateContainerCmd> more) {
        return new GenericContainer<>(DockerImageName.parse(app.imageName() + ":" + version))
                .withExtraHost("kafka", brokersAddress())
                .withImagePullPolicy(image -> false)
                .withCreateContainerCmdModifier(create -> {
                    hostConfig(create).withReadonlyRootfs(true).withTmpFs(Map.of("/tmp", "rw,noexec"));
                    more.accept(create);
                });
    }

    /**
     * In the network that all containers are in unless they are told otherwise, where none has a name: the address at which an engine in a
     * container of its own is reached from the tests is there as long as that network is used.
     */
    private static String brokersAddress() {
        return kafka.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
                .map(ContainerNetwork::getIpAddress)
                .filter(address -> address != null && !address.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static HostConfig hostConfig(CreateContainerCmd create) {
        return Objects.requireNonNull(create.getHostConfig());
    }

    private static URI url(GenericContainer<?> container, int port) {
        return URI.create("http://%s:%d".formatted(container.getHost(), container.getMappedPort(port)));
    }

    private static void assertIsWithoutRights(GenericContainer<?> container) throws Exception {
        InspectContainerResponse seen =
                engine.inspectContainerCmd(container.getContainerId()).exec();
        assertThat(seen.getConfig().getUser()).isEqualTo("10001:10001");
        assertThat(seen.getHostConfig().getReadonlyRootfs()).isTrue();
        // What an operator has in place of a shell.
        ExecResult said = container.execInContainer("/opt/java/bin/jcmd", "1", "VM.system_properties");
        assertThat(said.getStdout()).as(said.getStderr()).contains("user.name=votelog");
    }

    private static ExecResult probe(GenericContainer<?> container, int port) throws IOException, InterruptedException {
        return container.execInContainer(
                "/opt/java/bin/java", "@" + ImagePaths.PROBE_ARGUMENTS, Integer.toString(port));
    }

    private static void assertAudits(Secrets secrets) {
        Said said = auditor("replay", "--bootstrap-servers", KAFKA, "--public-key", secrets.signingKey());
        // 3: nothing is wrong, and something could not be looked at, as of a vote that has not ended.
        assertThat(said.code()).as(said.text()).isIn(0L, 3L);
        assertThat(said.text()).contains(Integer.toString(VOTES));
    }

    /** A volume belongs to the user of the image from its first use on. */
    private static void assertSeals(Secrets secrets) throws Exception {
        Said keys = auditor("keygen", "--origin", ORIGIN, "--out", ImagePaths.STATE + "/key");
        assertThat(keys.code()).as(keys.text()).isZero();
        String published = keys.text()
                .lines()
                .map(line -> line.substring(Math.max(0, line.indexOf(ORIGIN))))
                .filter(line -> line.startsWith(ORIGIN))
                .collect(Collectors.joining("\n"));
        try (GenericContainer<?> sealer = sealing(container(ImageApp.AUDITOR, ContainersIT::onVolume), secrets)) {
            sealer.start();
            // A sealer follows until it is chosen, and has nothing to show before that.
            await().atMost(READY)
                    .until(() -> probe(sealer, ImageApp.AUDITOR.ports().get(1)).getExitCode() == 0);
            HttpClient http = HttpClient.newHttpClient();
            for (String path : List.of("/check", "/announcement.json", "/votes/checkpoint", "/verdicts/checkpoint")) {
                URI address = url(sealer, ImageApp.AUDITOR.ports().get(0)).resolve(path);
                await().atMost(READY).untilAsserted(() -> {
                    HttpResponse<String> answer =
                            http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
                    assertThat(answer.statusCode())
                            .as("%s: %s", address, answer.body())
                            .isEqualTo(200);
                });
            }
            assertStops(sealer);
        }
        Said verified = auditor("verify", "--log", ImagePaths.STATE + "/sealed", "--log-key", published);
        assertThat(verified.code()).as(verified.text()).isZero();
    }

    private static GenericContainer<?> sealing(GenericContainer<?> sealer, Secrets secrets) {
        return sealer.withCommand(
                        "seal",
                        "--bootstrap-servers",
                        KAFKA,
                        "--log",
                        ImagePaths.STATE + "/sealed",
                        "--key",
                        ImagePaths.STATE + "/key",
                        "--standby",
                        "--serve",
                        "0.0.0.0:" + ImageApp.AUDITOR.ports().get(0),
                        "--management",
                        "0.0.0.0:" + ImageApp.AUDITOR.ports().get(1),
                        "--public-key",
                        secrets.signingKey(),
                        "--json")
                .withExposedPorts(ImageApp.AUDITOR.ports().toArray(Integer[]::new))
                .waitingFor(Wait.forLogMessage(".*\"event\":\"sealed\".*", 1).withStartupTimeout(READY));
    }

    private static void onVolume(CreateContainerCmd create) {
        hostConfig(create).withBinds(Bind.parse(VOLUME + ":" + ImagePaths.STATE));
    }

    private record Said(long code, String text) {}

    /** Runs the auditor to its end. */
    private static Said auditor(String... arguments) {
        try (GenericContainer<?> auditor = container(ImageApp.AUDITOR, ContainersIT::onVolume)) {
            auditor.withCommand(arguments).withStartupCheckStrategy(new Ended().withTimeout(READY));
            auditor.start();
            return new Said(exitCode(auditor), auditor.getLogs());
        }
    }

    /** Waits until a container has ended, however it has. */
    private static final class Ended extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String container) {
            return DockerStatus.isContainerStopped(getCurrentState(client, container))
                    ? StartupStatus.SUCCESSFUL
                    : StartupStatus.NOT_YET_KNOWN;
        }
    }

    private static long exitCode(GenericContainer<?> container) {
        return Objects.requireNonNull(engine.inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getExitCodeLong());
    }

    /** As an orchestrator stops them: SIGTERM, and SIGKILL after a while, which would be 137. */
    private static void assertStops(GenericContainer<?> container) {
        engine.stopContainerCmd(container.getContainerId()).withTimeout(STOP_S).exec();
        assertThat(exitCode(container)).as(container.getLogs()).isIn(0L, 143L);
    }
}
