// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.votelog.infra.broker.BrokerSettings;
import java.io.Closeable;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker in a container of Kafka's official image, started by Testcontainers. */
final class ContainerBroker implements KafkaBroker, Closeable {
    /** The image in the version of the clients on the class path. */
    static final String IMAGE = "apache/kafka:" + AppInfoParser.getVersion();

    private final KafkaContainer container;

    private ContainerBroker(KafkaContainer container) {
        this.container = container;
    }

    /** Whether a container engine answers; logs nothing where none does. */
    static boolean engineAnswers() {
        List<Quietened> quiet = List.of(Quietened.logger("org.testcontainers"), Quietened.logger("tc"));
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } finally {
            quiet.forEach(Quietened::restore);
        }
    }

    static ContainerBroker start() {
        KafkaContainer container = new KafkaContainer(DockerImageName.parse(IMAGE));
        BrokerSettings.forBrokers(1)
                .forEach((key, value) -> container.withEnv(
                        "KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        try {
            container.start();
        } catch (RuntimeException e) {
            container.stop();
            throw e;
        }
        return new ContainerBroker(container);
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.CONTAINER;
    }

    /** Stops the container. Testcontainers' reaper, which would otherwise do so, may be disabled. */
    @Override
    public void close() {
        container.stop();
    }

    /** Switches a logger off until it is closed; loggers of backends other than Logback are left alone. */
    private record Quietened(@Nullable Logger logger, @Nullable Level before) {
        static Quietened logger(String name) {
            if (!(LoggerFactory.getLogger(name) instanceof Logger logger)) {
                return new Quietened(null, null);
            }
            Level before = logger.getLevel();
            logger.setLevel(Level.OFF);
            return new Quietened(logger, before);
        }

        void restore() {
            if (logger != null) {
                logger.setLevel(before);
            }
        }
    }
}
