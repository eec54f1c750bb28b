// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.ballots;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.producer.crypto.GatewayKey;
import io.votelog.producer.crypto.Pepper;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.web.cluster.ClusterWatch;
import io.votelog.web.registry.RegistrySettings;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A ballot's life: the topics of the log, its control records, and what follows them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RegistrySettings.class)
class BallotsConfiguration {
    private static final int MIB = 1 << 20;

    @Bean
    LogKeys logKeys(BallotSettings settings) {
        try {
            return LogKeys.of(settings.log().publicKeys());
        } catch (IllegalArgumentException e) {
            throw new BadSettingException(
                    "votelog.log.public-keys",
                    String.valueOf(e.getMessage()),
                    "the keys whose control records are obeyed, each base64 of an Ed25519 key's 32 raw bytes");
        }
    }

    @Bean
    LogSigner logSigner(BallotSettings settings, LogKeys checkedBefore) {
        String allowed =
                "base64 of the PKCS #8 form of an Ed25519 key whose public key is one of votelog.log.public-keys";
        String text = settings.log().privateKey();
        if (text == null || text.isBlank()) {
            throw new BadSettingException("votelog.log.private-key", "not set", allowed);
        }
        for (String publicKey : settings.log().publicKeys()) {
            try {
                return LogSigner.of(text, publicKey);
            } catch (IllegalArgumentException notThisOne) {
                // This public key does not belong to the private one; the next may.
            }
        }
        throw new BadSettingException(
                "votelog.log.private-key",
                "(not shown) it is no such key, or none of the public keys is its pair",
                allowed);
    }

    /** All settings are checked before brokers are asked for anything. */
    @Bean
    LogCluster logCluster(
            KafkaProperties kafka,
            BallotSettings settings,
            LogSigner checkedBefore,
            List<CheckedAtStart> allCheckedBefore) {
        return ClusterAccess.logCluster(kafka, settings);
    }

    @Bean
    VotePartitions votePartitions(
            LogCluster cluster, BallotSettings settings, @Qualifier("voteProducer") Producer<byte[], byte[]> producer) {
        LogCluster.Layout standing = cluster.prepare(
                settings.topics().partitions(), settings.topics().replicas());
        return new VotePartitions(
                standing.votePartitions(),
                cluster.partitions(Topics.DECISIONS),
                () -> producer.partitionsFor(Topics.VOTES.name()).size());
    }

    @Bean
    ClusterCheck clusterCheck(LogCluster cluster, KafkaProperties kafka, BallotSettings settings) {
        return ClusterAccess.clusterCheck(cluster, kafka, settings);
    }

    @Bean
    ClusterWatch clusterWatch(ClusterCheck check) {
        return new ClusterWatch(check::findings);
    }

    /** What this gateway writes with. A registry is asked here and never again, so a gateway that runs needs none. */
    @Bean
    SchemaIds schemaIds(RegistrySettings registry, List<CheckedAtStart> allCheckedBefore) {
        return registry.idsOf(List.of(Topics.VOTES, Topics.BALLOTS));
    }

    @Bean
    Producer<byte[], byte[]> controlProducer(KafkaProperties kafka, SchemaIds schemas) {
        return new KafkaProducer<>(
                FixedKafkaSettings.ofControlRecords(kafka), new ByteArraySerializer(), schemas.serializer());
    }

    @Bean
    ControlLog controlLog(
            @Qualifier("controlProducer") Producer<byte[], byte[]> producer,
            LogSigner signer,
            Pepper pepper,
            VotePartitions partitions) {
        return new ControlLog(producer, signer, pepper, partitions);
    }

    /** The key with which this gateway signs promises, once the log has it. */
    @Bean
    GatewayKey gatewayKey(LogSigner signer, ControlLog log, BallotSettings settings) {
        GatewayKey key = GatewayKey.draw(signer);
        log.name(key, settings.topics().startTimeout());
        return key;
    }

    @Bean
    Catalogue catalogue(LogKeys keys, Pepper pepper, VotePartitions partitions) {
        return new Catalogue(keys, pepper, partitions.atStart());
    }

    @Bean
    CatalogueReader catalogueReader(
            KafkaProperties kafka,
            Catalogue catalogue,
            VotePartitions partitions,
            BallotSettings settings,
            MeterRegistry meters) {
        Map<String, Object> config = FixedKafkaSettings.ofCatalogue(kafka);
        // A batch in the log has at most 1 MiB, and the first batch of an answer is sent whatever its length.
        config.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 * MIB);
        config.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 2 * MIB);
        config.putIfAbsent(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        CatalogueReader reader = new CatalogueReader(
                config, catalogue, partitions, settings.topics().startTimeout());
        Gauge.builder("votelog.ballots.followed", reader, it -> it.following() ? 1 : 0)
                .description("1 while the ballots topic is being read, 0 while it cannot be")
                .register(meters);
        FunctionCounter.builder("votelog.ballots.reader.failures", reader, CatalogueReader::failures)
                .description("how often reading the ballots topic has failed")
                .register(meters);
        FunctionCounter.builder("votelog.ballots.passed.over", catalogue, Catalogue::passedOver)
                .description("records of the ballots topic that do not belong there")
                .register(meters);
        Gauge.builder("votelog.log.partitions", partitions, VotePartitions::now)
                .description("partitions of the votes topic")
                .register(meters);
        Gauge.builder("votelog.log.partitions.new.ballots", partitions, VotePartitions::ofNewBallots)
                .description("over how many of them a ballot is spread that is published here")
                .register(meters);
        return reader;
    }

    @Bean
    BallotLifecycle ballotLifecycle(Catalogue catalogue, ControlLog log, Clock clock) {
        return new BallotLifecycle(catalogue, log, clock);
    }

    @Bean
    BallotReconciler ballotReconciler(
            Catalogue catalogue, BallotLifecycle lifecycle, Clock clock, BallotSettings settings) {
        return new BallotReconciler(catalogue, lifecycle, clock, settings.takeOverAfter());
    }

    @Bean
    BallotPublisher ballotPublisher(Catalogue catalogue, ControlLog log, BallotLifecycle lifecycle, Clock clock) {
        return new BallotPublisher(catalogue, log, lifecycle, clock);
    }

    @Bean
    VoteAnnuller voteAnnuller(Catalogue catalogue, ControlLog log) {
        return new VoteAnnuller(catalogue, log);
    }

    /** Part of the readiness group: up while the catalogue is being followed. For everything else the start itself waits. */
    @Bean
    HealthIndicator catalogueHealthIndicator(CatalogueReader reader, Catalogue catalogue, VotePartitions partitions) {
        return () -> {
            Health.Builder health = (reader.following() ? Health.up() : Health.down())
                    .withDetail("ballots", catalogue.all().size())
                    .withDetail("position", catalogue.position())
                    .withDetail("passedOver", catalogue.passedOver())
                    .withDetail("partitions", partitions.now())
                    .withDetail("partitionsOfNewBallots", partitions.ofNewBallots());
            reader.failure().ifPresent(failure -> health.withDetail("failure", failure));
            if (partitions.now() != partitions.ofNewBallots()) {
                health.withDetail(
                        "partitionsAdded",
                        "%s has %d partitions, and new ballots are spread over %d of them until streams-app and then this gateway are started again. Ballots stay where they are"
                                .formatted(Topics.VOTES.name(), partitions.now(), partitions.ofNewBallots()));
            }
            return health.build();
        };
    }
}
