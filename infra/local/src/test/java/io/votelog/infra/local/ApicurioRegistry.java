// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.ChildWait;
import io.votelog.infra.testing.Python;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Apicurio Registry 3.0, which keeps what it is told as long as it runs. It is the archive that Maven keeps after
 * {@code dependency:get}, or the one that {@code VOTELOG_TEST_REGISTRY} names.
 */
final class ApicurioRegistry implements AutoCloseable {
    private static final String ARTIFACT =
            ".m2/repository/io/apicurio/apicurio-registry-app/3.0.9/apicurio-registry-app-3.0.9-all.tar.gz";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final Path home;
    private final int port;
    private ChildJvm process;

    /** What a command said, and how it ended. */
    record Ran(int code, List<String> lines) {}

    private ApicurioRegistry(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    /** Unpacks and starts it; a test that asks where it is not to be had is skipped, and a line says so. */
    static ApicurioRegistry start(Path dir, int port) throws Exception {
        assumeTrue(Python.isHere("the schema registry"));
        String named = System.getenv("VOTELOG_TEST_REGISTRY");
        Path archive = named == null ? Path.of(System.getProperty("user.home"), ARTIFACT) : Path.of(named);
        if (!Files.isReadable(archive)) {
            System.out.println("the schema registry skipped: no Apicurio Registry at ~/" + ARTIFACT
                    + ", nor where VOTELOG_TEST_REGISTRY points");
        }
        assumeTrue(Files.isReadable(archive));
        Path home = Files.createDirectory(dir.resolve("registry"));
        assertThat(new ProcessBuilder("tar", "xzf", archive.toString(), "-C", home.toString())
                        .start()
                        .waitFor())
                .isZero();
        ApicurioRegistry registry = new ApicurioRegistry(home, port);
        registry.startAgain();
        return registry;
    }

    /** Starts it anew, with nothing in it. */
    void startAgain() throws Exception {
        Path tether = Path.of(ChildJvm.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        process = ChildJvm.of("registry", "io.quarkus.runner.GeneratedMain")
                .classPath(tether + File.pathSeparator + runner(home))
                .env("QUARKUS_HTTP_HOST", "127.0.0.1")
                .env("QUARKUS_HTTP_PORT", Integer.toString(port))
                .workingDir(home)
                .logFile(home.resolveSibling("registry.log"))
                .start();
        ChildWait.until(process, Duration.ofSeconds(180), this::answers);
    }

    private static String runner(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith("-runner.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no program of Apicurio Registry 3.0 in " + home));
        }
    }

    private boolean answers() {
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(URI.create(url() + "/subjects"))
                                            .timeout(Duration.ofSeconds(20))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Where it answers Confluent's API. */
    String url() {
        return "http://127.0.0.1:%d/apis/ccompat/v7".formatted(port);
    }

    void kill() {
        process.kill();
    }

    /** Has the deploy step register all schemas here. */
    void fill() throws Exception {
        Ran ran = register(url());
        assertThat(ran.code()).as("%s", ran.lines()).isZero();
    }

    /** The deploy step, told of whatever is at that address. */
    static Ran register(String url, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", "../../schemas/register.py", "--registry", url));
        command.addAll(List.of(more));
        return run(command);
    }

    static Ran run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), lines);
    }

    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
    }
}
