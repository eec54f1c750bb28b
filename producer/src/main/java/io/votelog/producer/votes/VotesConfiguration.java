// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.opentelemetry.api.OpenTelemetry;
import io.votelog.producer.auth.BearerTokens;
import io.votelog.producer.ballots.BallotSettings;
import io.votelog.producer.ballots.Catalogue;
import io.votelog.producer.ballots.FixedKafkaSettings;
import io.votelog.producer.ballots.VotePartitions;
import io.votelog.producer.crypto.Pepper;
import io.votelog.producer.limits.FairUse;
import io.votelog.producer.promises.PromiseSigner;
import io.votelog.schemas.registry.SchemaIds;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts on a vote's way, from the desk to the log. */
@Configuration(proxyBeanMethods = false)
class VotesConfiguration {
    /** The longest time until this gateway learns of a partition that was added to the votes topic. */
    private static final int METADATA_MAX_AGE_MS = 30_000;

    @Bean
    Producer<byte[], byte[]> voteProducer(KafkaProperties kafka, SchemaIds schemas) {
        Map<String, Object> config = FixedKafkaSettings.ofVotes(kafka);
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2_000);
        config.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_500);
        config.putIfAbsent(ProducerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
        config.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        // The buffer is larger than votelog.max-bytes-under-way may be, so a send never waits for room.
        config.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        return new KafkaProducer<>(config, new ByteArraySerializer(), schemas.serializer());
    }

    @Bean
    VoteLog voteLog(
            @Qualifier("voteProducer") Producer<byte[], byte[]> producer,
            VoteSettings settings,
            BallotSettings ballots,
            VotePartitions partitions,
            MeterRegistry meters) {
        VoteLog log = new VoteLog(producer, settings.budget(), System::nanoTime);
        warmUp(log, partitions, ballots.topics().startTimeout());
        Gauge.builder("votelog.votes.under.way", log, VoteLog::votesUnderWay)
                .description("votes sent and not yet acknowledged")
                .register(meters);
        Gauge.builder("votelog.votes.under.way.max", log, it -> it.budget().votes())
                .description("how many there may be")
                .register(meters);
        Gauge.builder("votelog.votes.bytes.under.way", log, VoteLog::bytesUnderWay)
                .description("their bytes")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder("votelog.votes.bytes.under.way.max", log, it -> it.budget()
                        .bytes())
                .description("how many there may be")
                .baseUnit("bytes")
                .register(meters);
        FunctionCounter.builder("votelog.log.cuts", log, VoteLog::cuts)
                .description("times that a partition was found to have lost votes that it had acknowledged here")
                .register(meters);
        return log;
    }

    @Bean
    MeterBinder voteProducerMetrics(@Qualifier("voteProducer") Producer<byte[], byte[]> producer) {
        return new KafkaClientMetrics(producer);
    }

    private static void warmUp(VoteLog log, VotePartitions partitions, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                int found = log.warmUp();
                if (found >= partitions.atStart()) {
                    return;
                }
                throw new IllegalStateException("the votes topic has %d partitions, and had %d a moment ago"
                        .formatted(found, partitions.atStart()));
            } catch (KafkaException notKnownYet) {
                if (System.nanoTime() - end > 0) {
                    throw notKnownYet;
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    @Bean
    VoteMeters voteMeters(MeterRegistry registry) {
        return new VoteMeters(registry);
    }

    @Bean
    VoteTraces voteTraces(OpenTelemetry telemetry) {
        return new VoteTraces(telemetry);
    }

    @Bean
    BallotBox ballotBox(
            Pepper pepper,
            VoteLog log,
            FairUse fairUse,
            Clock clock,
            VoteMeters meters,
            PromiseSigner promises,
            VoteTraces traces) {
        return new BallotBox(pepper, log, fairUse, clock, meters, promises, traces);
    }

    @Bean
    Admission admission(FairUse fairUse, BearerTokens tokens, Catalogue catalogue, BallotBox box) {
        return new Admission(fairUse, tokens, catalogue, box);
    }

    @Bean
    VoteDesk voteDesk(Admission admission, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        return new VoteDesk(admission, catalogue, box, meters);
    }

    @Bean
    BatchDesk batchDesk(Admission admission, Catalogue catalogue, BallotBox box, VoteMeters meters) {
        return new BatchDesk(admission, catalogue, box, meters);
    }
}
