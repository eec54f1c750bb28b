// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.streams.read.board.BallotsBoard;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.board.TurnoutBoard;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.streams.read.receipts.CountingStreams;
import io.votelog.streams.topology.VerdictListener;
import io.votelog.streams.topology.VotelogTopology;
import io.votelog.web.registry.RegistrySettings;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.streams.KafkaStreamsMicrometerListener;

/** The two Kafka Streams of this process, and their settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RegistrySettings.class)
class StreamsConfiguration {
    static final String COUNTING = "counting";
    static final String RESULTS = "results";

    /** What this instance writes with. A registry is asked here and never again, so an instance that runs needs none. */
    @Bean
    SchemaIds schemaIds(RegistrySettings registry) {
        return registry.idsOf(List.of(Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS));
    }

    @Bean
    VotelogTopology topology(
            LogSettings log,
            StreamsSettings settings,
            LogWatch watch,
            ResultsBoard board,
            TurnoutBoard turnout,
            BallotsBoard ballots,
            VerdictListener traces,
            MeterRegistry meters,
            SchemaIds schemas) {
        return new VotelogTopology(
                log.keys(),
                watch,
                settings.resultsInterval(),
                board::post,
                turnout::post,
                ballots::post,
                new CountedVerdicts(meters, traces),
                schemas);
    }

    /**
     * From votes to tallies. Its tasks are the partitions of votes alone: Kafka Streams assigns equal numbers of tasks, so here
     * it assigns equal loads.
     */
    @Bean
    HostedStreams counting(
            VotelogTopology topology,
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            LogCluster.Layout prepared,
            @Qualifier("countingFaults") StreamsFailureHandler faults,
            MeterRegistry meters,
            AddressClaims claims,
            OwnAddress self) {
        Map<String, Object> config = FixedKafkaSettings.of(kafka, connection, settings, prepared.replicas());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        config.put(StreamsConfig.CLIENT_ID_CONFIG, claims.clientId());
        config.put(
                StreamsConfig.APPLICATION_SERVER_CONFIG,
                self.host().host() + ":" + self.host().port());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        return new HostedStreams(
                COUNTING,
                HostedStreams.PHASE - 1,
                topology::counting,
                config,
                new CountClients(topology.openVoters(), topology.pace()),
                settings.closeTimeout(),
                faults,
                new KafkaStreamsMicrometerListener(meters));
    }

    /** From tallies to results, and the global stores, of which every instance has the whole. */
    @Bean
    HostedStreams results(
            VotelogTopology topology,
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            LogCluster.Layout prepared,
            @Qualifier("resultsFaults") StreamsFailureHandler faults,
            MeterRegistry meters) {
        Map<String, Object> config = FixedKafkaSettings.of(kafka, connection, settings, prepared.replicas());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.resultsApplicationId());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        return new HostedStreams(
                RESULTS,
                HostedStreams.PHASE,
                topology::results,
                config,
                new TimedClients(topology.pace()),
                settings.closeTimeout(),
                faults,
                new KafkaStreamsMicrometerListener(meters));
    }

    @Bean
    VotersMetrics votersMetrics(VotelogTopology topology) {
        return new VotersMetrics(topology.openVoters());
    }

    @Bean
    CountingStreams countingStreams(@Qualifier("counting") HostedStreams counting) {
        return counting::streams;
    }
}
