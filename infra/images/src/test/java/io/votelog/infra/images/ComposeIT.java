// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import io.votelog.infra.broker.CertificateFile;
import io.votelog.infra.system.FreePorts;
import io.votelog.infra.system.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/**
 * All of {@code infra/compose} runs, and a voter's way is through its proxy. Runs where {@value ContainersIT#PROPERTY} is {@code true}, an engine
 * answers, and {@code docker-compose}, {@code openssl} and {@code nginx} are there.
 */
class ComposeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String NGINX = "nginx:1.28";
    private static final String PROJECT = "votelog" + ProcessHandle.current().pid();
    private static final int VOTES = 100;
    private static final String SOCKET = "unix://";
    private static final String ORIGIN = "votes.example.org/compose";

    @TempDir
    static Path dir;

    private static final FreePorts PORTS = new FreePorts();
    private static final String HOST = "localhost:" + PORTS.next();
    private static final Secrets SECRETS = Secrets.drawn();
    private static final Map<String, String> ENVIRONMENT = new LinkedHashMap<>();
    private static DockerClient engine;
    private static boolean nginxIsOurs;
    private static String logKeys;

    @BeforeAll
    static void up() throws Exception {
        skipUnless(Boolean.getBoolean(ContainersIT.PROPERTY), "-D" + ContainersIT.PROPERTY + "=true has it run");
        for (String program : List.of("docker-compose", "openssl")) {
            skipUnless(isThere(program), "there is no " + program);
        }
        skipUnless(DockerClientFactory.instance().isDockerAvailable(), "no container engine answers");
        engine = DockerClientFactory.instance().client();
        if (!has(NGINX)) {
            skipUnless(
                    Files.isExecutable(Path.of("/usr/sbin/nginx")), "there is neither an image of nginx nor a program");
            makeNginx();
        }
        Builds.load(engine, Builds.all(dir.resolve("images")));
        ENVIRONMENT.put("VOTELOG_VERSION", BuildFacts.of(Builds.REPOSITORY).version());
        ENVIRONMENT.put("VOTELOG_CLUSTER_ID", "4L6g3nShT-eMCtK--X86sw");
        ENVIRONMENT.put("VOTELOG_HOST", HOST);
        ENVIRONMENT.put("VOTELOG_HTTPS_PORT", HOST.substring(HOST.indexOf(':') + 1));
        ENVIRONMENT.put("VOTELOG_HTTP_PORT", Integer.toString(PORTS.next()));
        ENVIRONMENT.put("VOTELOG_SECRETS", secretFiles().toString());
        ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor();
        String host = System.getenv().getOrDefault("DOCKER_HOST", "");
        if (host.startsWith(SOCKET)) {
            asking.scheduleWithFixedDelay(() -> askForHealth(host.substring(SOCKET.length())), 5, 5, TimeUnit.SECONDS);
        }
        try {
            compose("up", "-d");
        } finally {
            asking.shutdownNow();
        }
    }

    /**
     * Podman has systemd ask containers for their health, and where there is none nobody does; so it is asked to, by the way of its own API,
     * while containers wait for each other. Docker's engine knows no such way, and does it by itself.
     */
    private static void askForHealth(String socket) {
        for (Container container : engine.listContainersCmd()
                .withLabelFilter(Map.of("com.docker.compose.project", PROJECT))
                .exec()) {
            try {
                Command.run(List.of(
                        "curl",
                        "-s",
                        "--max-time",
                        "20",
                        "--unix-socket",
                        socket,
                        "http://engine/v4.0.0/libpod/containers/" + container.getId() + "/healthcheck"));
            } catch (IOException | RuntimeException notNow) {
                // It is asked again.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void skipUnless(boolean holds, String why) {
        if (!holds) {
            System.out.println("infra/compose in containers skipped: " + why);
        }
        assumeTrue(holds);
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean has(String image) {
        try {
            engine.inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** Where no registry is reached, an image of this machine's nginx stands for the official one, in which that is, too. */
    private static void makeNginx() throws Exception {
        Path root = Files.createDirectories(dir.resolve("nginx"));
        SystemFiles.make(root, List.of(Path.of("/usr/sbin/nginx")));
        Path program = root.resolve("usr/sbin/nginx");
        Files.createDirectories(program.getParent());
        Files.copy(Path.of("/usr/sbin/nginx"), program);
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder();
        for (Path file : Trees.files(root)) {
            layer.addEntry(
                    file, AbsoluteUnixPath.get("/" + root.relativize(file)), FilePermissions.fromOctalString("755"));
        }
        Path tarball = dir.resolve("nginx.tar");
        Jib.fromScratch()
                .addFileEntriesLayer(layer.build())
                .setEnvironment(Map.of("PATH", "/usr/sbin"))
                .containerize(Containerizer.to(TarImage.at(tarball).named(NGINX))
                        .setApplicationLayersCache(dir.resolve("jib"))
                        .setBaseImageLayersCache(dir.resolve("jib-base")));
        try (InputStream in = Files.newInputStream(tarball)) {
            engine.loadImageCmd(in).exec();
        }
        nginxIsOurs = true;
    }

    private static Path secretFiles() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("secrets"));
        Files.writeString(folder.resolve("pepper"), SECRETS.pepper());
        Files.writeString(folder.resolve("auth-hs256-secret"), SECRETS.hs256());
        Files.writeString(folder.resolve("log-private-key"), SECRETS.privateKey());
        Files.writeString(folder.resolve("log-public-keys"), SECRETS.publicKeys());
        logKeys = Command.run(auditor(
                        "keygen",
                        "--origin",
                        ORIGIN,
                        "--out",
                        folder.resolve("sealing-key").toString()))
                .lines()
                .filter(line -> line.startsWith(ORIGIN + "/"))
                .collect(Collectors.joining("\n"));
        Command.run(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                folder.resolve("tls-key").toString(),
                "-out",
                folder.resolve("tls-certificate").toString()));
        for (Path file : Trees.files(folder)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            Files.setAttribute(file, "unix:uid", ImagePaths.USER);
        }
        return folder;
    }

    private static String compose(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("env"));
        ENVIRONMENT.forEach((key, value) -> command.add(key + "=" + value));
        command.addAll(List.of(
                "docker-compose",
                "-p",
                PROJECT,
                "-f",
                ComposeFile.FOLDER.resolve("compose.yaml").toString()));
        command.addAll(List.of(words));
        return Command.run(command);
    }

    @AfterAll
    static void down() throws Exception {
        if (!ENVIRONMENT.isEmpty()) {
            compose("down", "-v", "-t", "20");
        }
        if (nginxIsOurs) {
            engine.removeImageCmd(NGINX).withForce(true).exec();
        }
    }

    @Test
    void shouldCountAndSealThroughTheProxyWhateverOneProcessDoes() throws Exception {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(CertificateFile.trusting(
                        CertificateFile.first(Path.of(ENVIRONMENT.get("VOTELOG_SECRETS"), "tls-certificate"))))
                .build();
        URI origin = URI.create("https://" + HOST);
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .ignoreExceptions()
                .until(() -> http.send(
                                        HttpRequest.newBuilder(origin.resolve("/openapi.yaml"))
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        == 200);
        Visitors visitors = Builds.visitors(http, new Visitors.Places(origin, origin, List.of()), SECRETS);
        visitors.publish();
        visitors.vote(VOTES);
        visitors.read(VOTES);
        assertThat(visitors.verdict().path("status").stringValue()).isEqualTo("accepted");
        assertProven(http, origin, visitors);

        for (String name : List.of("kafka-2", "producer-1", "streams-app-1", "sealer-1")) {
            compose("kill", name);
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .ignoreExceptions()
                .until(() -> {
                    visitors.vote(1);
                    return true;
                });
        visitors.vote(VOTES);
        visitors.read(2 * VOTES + 1);
        assertThat(visitors.verdict().path("status").stringValue()).isEqualTo("accepted");
        assertProven(http, origin, visitors);
        assertThat(compose("logs", "sealer-2")).contains("\"event\":\"begun\"").contains("\"event\":\"sealed\"");
    }

    /** The last vote's proof comes through the proxy, and stands against the keys that keygen printed, as the whole sealed log does. */
    private static void assertProven(HttpClient http, URI origin, Visitors visitors) throws Exception {
        HttpResponse<String> proof = Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .ignoreExceptions()
                .until(() -> get(http, origin.resolve(visitors.proof())), answer -> answer.statusCode() == 200);
        Path file = Files.writeString(dir.resolve("proof.json"), proof.body());
        // It ends with 0 for a vote that is proven and accepted alone.
        Command.run(auditor("verify-receipt", visitors.receipt(), file.toString(), "--log-key", logKeys));
        assertThat(get(http, origin.resolve("/check")).body()).contains("<html");
        assertThat(get(http, origin.resolve("/announcement.json")).body()).contains(SECRETS.signingKey());
        for (String tree : List.of("votes", "verdicts")) {
            HttpResponse<String> checkpoint = get(http, origin.resolve("/" + tree + "/checkpoint"));
            assertThat(checkpoint.statusCode()).isEqualTo(200);
            assertThat(checkpoint.headers().firstValue("Cache-Control")).hasValue("public, max-age=1");
            int leaves = Integer.parseInt(checkpoint.body().split("\n")[1]);
            String tile = leaves < 256 ? "000.p/" + leaves : "000";
            HttpResponse<String> entries = get(http, origin.resolve("/" + tree + "/tile/entries/" + tile));
            assertThat(entries.statusCode()).as(tile).isEqualTo(200);
            assertThat(entries.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
        }
    }

    private static HttpResponse<String> get(HttpClient http, URI address) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    private static List<String> auditor(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                ImageApp.AUDITOR.jar(Builds.REPOSITORY).toString()));
        command.addAll(List.of(words));
        return command;
    }
}
