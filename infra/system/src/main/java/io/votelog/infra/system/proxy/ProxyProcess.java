// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.proxy;

import io.votelog.infra.broker.ChildStartException;
import io.votelog.infra.broker.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * This machine's nginx with {@code infra/compose/nginx.conf}: only addresses, folders and TLS, of which it has none, are others. Of the routes, those to
 * streams-app lead somewhere.
 */
public final class ProxyProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final int port;

    private ProxyProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** The program, where it is installed. */
    public static Optional<Path> program() {
        return Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it on 127.0.0.1; returns when it listens.
     *
     * @param repository whose configuration it gets
     * @param folder an existing one, for what it keeps
     * @param port where it listens
     * @param streams ports of the instances of streams-app
     * @throws ChildStartException where nginx is not installed, or ends
     */
    public static ProxyProcess start(Path repository, Path folder, int port, List<Integer> streams)
            throws IOException, InterruptedException {
        Path program = program()
                .orElseThrow(() -> new ChildStartException("nginx is not installed; Debian's package is nginx-light"));
        Path configuration = Files.writeString(
                folder.resolve("nginx.conf"),
                local(
                        Files.readString(repository.resolve("infra/compose/nginx.conf")),
                        folder.toAbsolutePath(),
                        port,
                        streams));
        Path log = folder.resolve("nginx.log");
        Process process = new ProcessBuilder(
                        program.toString(), "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Ports.free(port)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                process.destroyForcibly();
                throw new ChildStartException("nginx does not listen at port %d; it said: %s"
                        .formatted(port, Files.readString(log).strip()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return new ProxyProcess(process, port);
    }

    private static String local(String configuration, Path folder, int port, List<Integer> streams) {
        String local = configuration
                .replace("/tmp/", folder + "/")
                .replaceAll("(?m)^    ssl_.*\n", "")
                .replace("listen 8443 ssl http2;", "listen 127.0.0.1:%d;".formatted(port))
                // The port of plain HTTP says that it is https elsewhere, and here there is none.
                .replaceFirst("(?s)  server \\{\n    listen 8080;.*?\n  }\n", "");
        local = upstream(local, "streams-app", streams);
        local = upstream(local, "producer", List.of(1));
        local = upstream(local, "sealer", List.of(1));
        // Started by root it would give its rights up, and with them the folder.
        return Files.isWritable(Path.of("/")) ? "user root;\n" + local : local;
    }

    private static String upstream(String configuration, String name, List<Integer> ports) {
        String servers =
                ports.stream().map("    server 127.0.0.1:%d;\n"::formatted).collect(Collectors.joining());
        return Pattern.compile("(?s)(upstream %s \\{\n).*?(    keepalive)".formatted(name))
                .matcher(configuration)
                .replaceFirst("$1" + Matcher.quoteReplacement(servers) + "$2");
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Its processes that do the work, by what they are called. */
    public Map<String, Long> workers() {
        Map<String, Long> workers = new TreeMap<>();
        process.children().forEach(child -> workers.put("proxy-" + (workers.size() + 1), child.pid()));
        return workers;
    }

    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
