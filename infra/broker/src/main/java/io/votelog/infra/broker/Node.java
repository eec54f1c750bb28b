// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import kafka.tools.StorageTool;
import org.jspecify.annotations.Nullable;

/** One Kafka process, a broker or a controller or both, with its directory and its settings. */
final class Node {
    private final String name;
    private final Path dir;
    private final Map<String, String> settings;
    private final List<Integer> ports;
    private final Supplier<ChildJvm.Builder> jvm;
    private final @Nullable BrokerSecurity security;
    private volatile @Nullable ChildJvm child;

    /**
     * @param dir its own directory: its settings as a file, and its storage
     * @param settings what goes into its {@code server.properties}
     * @param ports where it listens, on 127.0.0.1
     * @param jvm how its JVM is started, main class and arguments aside
     * @param security null where everybody on this machine may do everything
     */
    Node(
            String name,
            Path dir,
            Map<String, String> settings,
            List<Integer> ports,
            Supplier<ChildJvm.Builder> jvm,
            @Nullable BrokerSecurity security) {
        this.name = name;
        this.dir = dir;
        this.settings = Map.copyOf(settings);
        this.ports = List.copyOf(ports);
        this.jvm = jvm;
        this.security = security;
    }

    /** Writes its settings, formats its storage where that has not been done yet, and starts it. */
    synchronized void start(String clusterId) {
        if (running()) {
            throw new IllegalStateException(name + " is running already");
        }
        for (int port : ports) {
            Ports.requireFree(name, port);
        }
        try {
            Files.createDirectories(dir);
            Path config = writeConfig();
            if (Files.notExists(storage(dir).resolve("meta.properties"))) {
                format(clusterId, config);
            }
            child = jvm.get().args(config.toString()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the node of that directory keeps its logs. */
    static Path storage(Path dir) {
        return dir.resolve("storage").toAbsolutePath();
    }

    String name() {
        return name;
    }

    boolean running() {
        ChildJvm last = child;
        return last != null && last.isAlive();
    }

    boolean started() {
        return child != null;
    }

    /** @throws IllegalStateException where it has never been started */
    ChildJvm child() {
        ChildJvm last = child;
        if (last == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return last;
    }

    private Path writeConfig() throws IOException {
        Properties properties = new Properties();
        settings.forEach(properties::setProperty);
        Path config = dir.resolve("server.properties").toAbsolutePath();
        // There may be a password in it.
        Files.deleteIfExists(config);
        Files.createFile(config, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Writer writer = Files.newBufferedWriter(config)) {
            properties.store(writer, "Written at each start");
        }
        return config;
    }

    private void format(String clusterId, Path config) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code;
        List<String> arguments = new ArrayList<>(
                List.of("format", "--cluster-id", clusterId, "--config", config.toString(), "--ignore-formatted"));
        if (security != null) {
            arguments.addAll(List.of(security.formatArguments()));
        }
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            code = StorageTool.execute(arguments.toArray(String[]::new), out);
        } catch (RuntimeException e) {
            throw new ChildStartException("the storage of " + name + " in " + dir + " could not be formatted: " + e, e);
        }
        if (code != 0) {
            throw new ChildStartException("the storage of " + name + " in " + dir + " could not be formatted: "
                    + said.toString(StandardCharsets.UTF_8).strip());
        }
    }
}
