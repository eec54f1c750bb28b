// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams;

import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The proxy of {@code infra/compose}: its own configuration in this machine's nginx, before instances of this machine. Only addresses, folders and TLS are
 * others.
 */
final class CachingProxy implements AutoCloseable {
    private static final Path CONFIGURATION = Path.of("../infra/compose/nginx.conf");

    private final Process process;
    private final int port;

    private CachingProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** The program, where it is installed. */
    static Optional<Path> program() {
        return Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it; returns when it listens.
     *
     * @param folder for what it keeps
     * @param streams ports of the instances of streams-app
     */
    static CachingProxy start(Path folder, List<Integer> streams) throws IOException {
        int port = Ports.anyFree(Set.of());
        String configuration = Files.readString(CONFIGURATION)
                .replace("/tmp/", folder + "/")
                .replaceAll("(?m)^    ssl_.*\n", "")
                .replace("listen 8443 ssl http2;", "listen 127.0.0.1:%d;".formatted(port));
        configuration = upstream(configuration, "streams-app", streams);
        configuration = upstream(configuration, "producer", List.of(1));
        configuration = upstream(configuration, "sealer", List.of(1));
        // Of plain HTTP it says that it is https elsewhere; here there is none.
        configuration = configuration.replaceFirst("(?s)  server \\{\n    listen 8080;.*?\n  }\n", "");
        if (Files.isWritable(Path.of("/"))) {
            // Started by root it would give its rights up, and with them the folder.
            configuration = "user root;\n" + configuration;
        }
        Path file = Files.writeString(folder.resolve("nginx.conf"), configuration);
        Process process = new ProcessBuilder(
                        program().orElseThrow().toString(), "-p", folder.toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        await("nginx at port " + port).atMost(Duration.ofSeconds(20)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("nginx has ended: " + Files.readString(folder.resolve("nginx.log")));
            }
            return !Ports.free(port);
        });
        return new CachingProxy(process, port);
    }

    private static String upstream(String configuration, String name, List<Integer> ports) {
        String servers =
                ports.stream().map("    server 127.0.0.1:%d;\n"::formatted).collect(Collectors.joining());
        return Pattern.compile("(?s)(upstream %s \\{\n).*?(    keepalive)".formatted(name))
                .matcher(configuration)
                .replaceFirst("$1" + Matcher.quoteReplacement(servers) + "$2");
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
