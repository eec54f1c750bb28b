// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.broker.KafkaCluster;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A broker in a child JVM, whose data are deleted when it is closed. */
final class ProcessBroker implements KafkaBroker, Closeable {
    private final KafkaCluster cluster;
    private final Path dataDir;

    private ProcessBroker(KafkaCluster cluster, Path dataDir) {
        this.cluster = cluster;
        this.dataDir = dataDir;
    }

    static ProcessBroker start() {
        try {
            Path dataDir = Files.createTempDirectory("votelog-broker-");
            try {
                return new ProcessBroker(KafkaCluster.single(dataDir).start(), dataDir);
            } catch (RuntimeException e) {
                FileTrees.delete(dataDir);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.PROCESS;
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        FileTrees.delete(dataDir);
    }
}
