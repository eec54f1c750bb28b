// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.LogCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * How this instance asks the cluster as an administrator: at its start, while it runs, and by {@code --check}, for which this
 * configuration suffices.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({StreamsSettings.class, TopicSettings.class})
public final class ClusterAccess {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Bean
    LogCluster logCluster(KafkaProperties kafka, KafkaConnectionDetails connection, TopicSettings topics) {
        return new LogCluster(
                Admin.create(clientSettings(kafka, connection)),
                String.join(",", servers(connection)),
                topics.flush() ? Topics.allFlushed() : Topics.all(),
                TIMEOUT);
    }

    @Bean
    ClusterCheck clusterCheck(
            LogCluster cluster, KafkaProperties kafka, KafkaConnectionDetails connection, StreamsSettings streams) {
        return ClusterCheck.ofCount(
                cluster,
                clientSettings(kafka, connection),
                streams.applicationId(),
                LogConfiguration.partitionedAsVotes(streams));
    }

    private static Map<String, Object> clientSettings(KafkaProperties kafka, KafkaConnectionDetails connection) {
        Map<String, Object> config = new HashMap<>(kafka.buildAdminProperties());
        config.put("bootstrap.servers", servers(connection));
        return config;
    }

    private static List<String> servers(KafkaConnectionDetails connection) {
        return connection.getAdmin().getBootstrapServers();
    }
}
