// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.LogCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;

/**
 * How this gateway asks the cluster as an administrator: at its start, while it runs, and by {@code --check}, for which the beans here
 * suffice. It is no {@code @Configuration}, so that a start does not find it: that has the same beans from {@link BallotsConfiguration},
 * once all settings are checked.
 */
@EnableConfigurationProperties(BallotSettings.class)
public final class ClusterAccess {
    @Bean
    static LogCluster logCluster(KafkaProperties kafka, BallotSettings settings) {
        Duration timeout = settings.topics().startTimeout();
        String servers = String.join(",", kafka.getBootstrapServers());
        return new LogCluster(Admin.create(clientSettings(kafka, timeout)), servers, topics(settings), timeout);
    }

    @Bean
    static ClusterCheck clusterCheck(LogCluster cluster, KafkaProperties kafka, BallotSettings settings) {
        return ClusterCheck.ofLog(
                cluster, clientSettings(kafka, settings.topics().startTimeout()));
    }

    private static List<Topic> topics(BallotSettings settings) {
        return settings.topics().flush() ? Topics.allFlushed() : Topics.all();
    }

    private static Map<String, Object> clientSettings(KafkaProperties kafka, Duration timeout) {
        Map<String, Object> config = kafka.buildAdminProperties();
        config.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()));
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(timeout.toMillis(), 10_000));
        return config;
    }
}
