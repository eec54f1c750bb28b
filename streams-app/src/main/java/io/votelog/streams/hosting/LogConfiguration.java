// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.topology.rows.StoreNames;
import io.votelog.web.cluster.ClusterWatch;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The topics that the count depends on, made or checked at the start, and what watches the log from then on. */
@Configuration(proxyBeanMethods = false)
class LogConfiguration {
    private static final Duration TOPIC_CHECKED_EVERY = Duration.ofSeconds(30);

    @Bean
    LogCluster.Layout preparedLog(LogCluster cluster, TopicSettings topics, StreamsSettings streams) {
        LogCluster.Layout prepared = cluster.prepare(topics.partitions(), topics.replicas());
        if (prepared.replicas() >= LogCluster.CLUSTER_REPLICAS) {
            cluster.checkChangelogs(streams.applicationId());
        }
        cluster.grow(partitionedAsVotes(streams), prepared.votePartitions());
        return prepared;
    }

    /**
     * The topics that must have as many partitions as votes: that of the decisions, and the changelogs of the counting stores,
     * by the names that Kafka Streams gives them.
     */
    static List<String> partitionedAsVotes(StreamsSettings streams) {
        return Stream.concat(
                        Stream.of(Topics.DECISIONS.name()),
                        StoreNames.BY_PARTITION_OF_VOTES.stream()
                                .map(store -> streams.applicationId() + "-" + store + "-changelog"))
                .toList();
    }

    @Bean
    ClusterWatch clusterWatch(ClusterCheck check) {
        return new ClusterWatch(check::findings);
    }

    @Bean
    LogMetrics logMetrics(ResultsBoard board, LogCluster.Layout prepared) {
        return new LogMetrics(board, prepared.votePartitions(), Clock.systemUTC());
    }

    @Bean
    LogWatch logHealthIndicator(LogCluster cluster, ResultsBoard board) {
        return new LogWatch(
                        cluster::idOfVotes,
                        partition -> cluster.offsetOfVotes(partition, OffsetSpec.earliest()),
                        partition -> cluster.offsetOfVotes(partition, OffsetSpec.latest()),
                        board::all)
                .checkEvery(TOPIC_CHECKED_EVERY);
    }
}
