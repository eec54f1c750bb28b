// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * What a data directory remembers of its cluster in {@code cluster.properties}: its id, its shape and its ports.
 *
 * @param brokerPorts the ports of brokers 1, 2, …
 */
record ClusterFile(String clusterId, boolean separateController, List<Integer> brokerPorts, int controllerPort) {
    private static final String NAME = "cluster.properties";

    ClusterFile {
        brokerPorts = List.copyOf(brokerPorts);
    }

    /**
     * What the directory remembers, with ports changed to those asked for; a new cluster where it remembers nothing.
     *
     * @param firstPort the port of broker 1, the others' follow; 0 = as remembered, else any free ones
     * @throws ChildStartException where the directory holds a cluster of another shape
     */
    static ClusterFile readOrCreate(Path dataDir, int brokers, boolean separateController, int firstPort) {
        Path file = dataDir.resolve(NAME);
        try {
            ClusterFile remembered = Files.exists(file) ? read(file) : null;
            if (remembered != null
                    && (remembered.brokerPorts.size() != brokers
                            || remembered.separateController != separateController)) {
                throw new ChildStartException(dataDir + " holds the data of "
                        + shape(remembered.brokerPorts.size(), remembered.separateController) + ", not of "
                        + shape(brokers, separateController) + ": choose another directory, or delete this one");
            }
            ClusterFile cluster =
                    remembered == null ? create(brokers, separateController, firstPort) : remembered.movedTo(firstPort);
            if (!cluster.equals(remembered)) {
                cluster.write(file);
            }
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClusterFile create(int brokers, boolean separateController, int firstPort) {
        Set<Integer> taken = new HashSet<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < brokers; i++) {
            int port = firstPort == 0 ? Ports.anyFree(taken) : firstPort + i;
            taken.add(port);
            ports.add(port);
        }
        return new ClusterFile(Uuid.randomUuid().toString(), separateController, ports, Ports.anyFree(taken));
    }

    private ClusterFile movedTo(int firstPort) {
        if (firstPort == 0 || firstPort == brokerPorts.get(0)) {
            return this;
        }
        ClusterFile moved = create(brokerPorts.size(), separateController, firstPort);
        return new ClusterFile(clusterId, separateController, moved.brokerPorts, moved.controllerPort);
    }

    private static ClusterFile read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        try {
            int brokers = Integer.parseInt(value(properties, "brokers"));
            List<Integer> ports = new ArrayList<>();
            for (int i = 1; i <= brokers; i++) {
                ports.add(Integer.parseInt(value(properties, "broker." + i + ".port")));
            }
            return new ClusterFile(
                    value(properties, "cluster.id"),
                    Boolean.parseBoolean(value(properties, "separate.controller")),
                    ports,
                    Integer.parseInt(value(properties, "controller.port")));
        } catch (IllegalArgumentException e) {
            throw new ChildStartException(
                    file + " is damaged: " + e.getMessage() + "; mend it, or delete the directory", e);
        }
    }

    private static String value(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    private void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("cluster.id", clusterId);
        properties.setProperty("separate.controller", Boolean.toString(separateController));
        properties.setProperty("brokers", Integer.toString(brokerPorts.size()));
        for (int i = 1; i <= brokerPorts.size(); i++) {
            properties.setProperty("broker." + i + ".port", Integer.toString(brokerPorts.get(i - 1)));
        }
        properties.setProperty("controller.port", Integer.toString(controllerPort));
        Path next = file.resolveSibling(NAME + ".next");
        try (Writer writer = Files.newBufferedWriter(next)) {
            properties.store(writer, "A cluster's id, shape and ports");
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String shape(int brokers, boolean separateController) {
        return brokers == 1 && !separateController
                ? "a single broker"
                : "a cluster of " + brokers + " brokers and a controller";
    }
}
