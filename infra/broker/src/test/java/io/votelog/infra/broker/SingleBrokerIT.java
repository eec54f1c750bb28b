package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SingleBrokerIT {
    @Test
    void shouldStart(@TempDir Path dir) {
        long t = System.nanoTime();
        try (KafkaCluster cluster = KafkaCluster.single(dir).start()) {
            assertThat(cluster.running(1)).isTrue();
            System.out.println("started in " + (System.nanoTime() - t) / 1e9);
            t = System.nanoTime();
        }
        System.out.println("stopped in " + (System.nanoTime() - t) / 1e9);
    }
}
