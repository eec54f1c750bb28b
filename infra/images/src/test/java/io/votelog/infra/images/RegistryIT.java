// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.votelog.infra.system.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images go to a registry, and stand on one that comes from there: Debian's {@code docker-registry}, a process of this machine. Runs where it is
 * installed, and where {@value ContainersIT#PROPERTY} is {@code true}.
 */
class RegistryIT {
    private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
    private static final int PORT = new FreePorts().next();
    private static final String REGISTRY = "localhost:" + PORT + "/votes";

    @TempDir
    static Path dir;

    private static Process registry;

    @BeforeAll
    static void start() throws IOException {
        if (!Boolean.getBoolean(ContainersIT.PROPERTY)) {
            System.out.println("images in a registry skipped: -D" + ContainersIT.PROPERTY + "=true has them run");
        }
        assumeTrue(Boolean.getBoolean(ContainersIT.PROPERTY));
        if (!Files.isExecutable(PROGRAM)) {
            System.out.println("images in a registry skipped: there is no " + PROGRAM);
        }
        assumeTrue(Files.isExecutable(PROGRAM));
        Path config = dir.resolve("registry.yml");
        Files.writeString(
                config,
                """
                version: 0.1
                storage:
                  filesystem:
                    rootdirectory: %s
                http:
                  addr: 127.0.0.1:%d
                """
                        .formatted(dir.resolve("registry"), PORT));
        registry = new ProcessBuilder(PROGRAM.toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("registry.log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(RegistryIT::listens);
    }

    private static boolean listens() {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), PORT)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.destroy();
        }
    }

    @Test
    void shouldBePushedAndStandOnWhatIsPulled() throws Exception {
        String version = BuildFacts.of(Builds.REPOSITORY).version();
        build("pushed", "--push", REGISTRY);
        String base = REGISTRY + "/votelog-auditor:" + version;
        build("based", "--base", base);

        Tarball pushed = new Tarball(dir.resolve("pushed/votelog-auditor.tar"));
        Tarball based = new Tarball(dir.resolve("based/votelog-auditor.tar"));
        List<String> below = pushed.layerDigests();
        assertThat(based.layerDigests().subList(0, below.size())).isEqualTo(below);
        assertThat(based.config()
                        .path("Labels")
                        .path("org.opencontainers.image.base.name")
                        .stringValue())
                .isEqualTo(base);
        assertThat(based.files().values().stream()
                        .filter(file -> file.layer() >= below.size())
                        .map(Tarball.Entry::path))
                .as("a base brings the C library itself")
                .contains("/opt/java/bin/java", "/app/votelog-auditor.jar")
                .noneMatch(path -> path.startsWith("/etc") || path.startsWith("/lib") || path.startsWith("/usr"));
    }

    private static void build(String name, String option, String value) {
        Builds.build(dir.resolve(name), "--app", "auditor", "--no-aot", option, value);
    }
}
