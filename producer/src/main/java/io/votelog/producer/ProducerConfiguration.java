package io.votelog.producer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.votelog.schemas.LogCluster;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import io.votelog.web.connections.ConnectionGuard;
import io.votelog.web.connections.ConnectionLimit;
import io.votelog.web.connections.PublicPort;
import io.votelog.web.headers.RequestHeaders;
import io.votelog.web.headers.StrictTransport;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.origins.Origins;
import io.votelog.web.settings.BadSettingException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Puts the plain parts together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ClientLimits.class)
@Import(RequestHeaders.class)
class ProducerConfiguration {
    /** How long this gateway may not know of a partition that was added to the votes topic. */
    private static final int METADATA_MAX_AGE_MS = 30_000;

    private static final int MIB = 1 << 20;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    PublicUrls publicUrls(ProducerSettings settings) {
        return new PublicUrls(
                settings.publicUrls().producer(), settings.publicUrls().streams());
    }

    @Bean
    Pepper pepper(ProducerSettings settings) {
        String allowed = "base64 of at least %d random bytes, the same at every gateway".formatted(Pepper.MIN_BYTES);
        String text = settings.pepper();
        if (text == null || text.isBlank()) {
            throw new BadSettingException("votelog.pepper", "not set", allowed);
        }
        try {
            return Pepper.of(text);
        } catch (IllegalArgumentException e) {
            throw new BadSettingException("votelog.pepper", "(not shown) " + e.getMessage(), allowed);
        }
    }

    @Bean
    LogKeys logKeys(ProducerSettings settings) {
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
    LogSigner logSigner(ProducerSettings settings, LogKeys checkedBefore) {
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
                // The next key may be its pair.
            }
        }
        throw new BadSettingException(
                "votelog.log.private-key",
                "(not shown) it is no such key, or none of the public keys is its pair",
                allowed);
    }

    @Bean
    BearerTokens bearerTokens(ProducerSettings settings) {
        return BearerTokens.of(settings.auth());
    }

    /** Where this gateway listens is Spring's setting, so it is checked beside the others. */
    @Bean
    ListenAddress listenAddress(ProducerSettings settings, ServerProperties server) {
        if (settings.dev().tokens()) {
            DevTokenTerms.requireListeningHere(server.getAddress());
        }
        return new ListenAddress(server.getAddress());
    }

    /**
     * Where this gateway listens.
     *
     * @param address null for every address of this machine
     */
    record ListenAddress(@Nullable InetAddress address) {}

    /** Settings are checked before brokers are asked for anything. */
    @Bean
    @DependsOn({"pepper", "logSigner", "bearerTokens", "listenAddress"})
    VotePartitions votePartitions(
            KafkaProperties kafka,
            ProducerSettings settings,
            @Qualifier("voteProducer") Producer<byte[], byte[]> producer) {
        Map<String, Object> config = kafka.buildAdminProperties();
        config.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        Duration timeout = settings.topics().startTimeout();
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()));
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(timeout.toMillis(), 10_000));
        String servers = String.join(",", kafka.getBootstrapServers());
        try (LogCluster cluster = new LogCluster(Admin.create(config), servers, timeout)) {
            LogCluster.Standing standing = cluster.prepare(
                    settings.topics().partitions(), settings.topics().replicas());
            return new VotePartitions(
                    standing.votePartitions(),
                    cluster.partitions(Topics.DECISIONS),
                    () -> producer.partitionsFor(Topics.VOTES.name()).size());
        }
    }

    @Bean
    Producer<byte[], byte[]> voteProducer(KafkaProperties kafka) {
        Map<String, Object> config = producerConfig(kafka, "votelog-producer-votes");
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2_000);
        config.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_500);
        // A send must not wait, since it is an event loop that sends. Known metadata are not for ever: a client that
        // has lost every broker forgets them and bootstraps anew (KIP-899, on by default since Kafka 4.0).
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        config.putIfAbsent(ProducerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
        config.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        // More than votelog.max-bytes-under-way may be at its most, so that a send never waits for room.
        config.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Bean
    Producer<byte[], byte[]> controlProducer(KafkaProperties kafka) {
        Map<String, Object> config = producerConfig(kafka, "votelog-producer-control");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** What no setting may change comes last: a vote is acknowledged when all replicas in sync have it, once. */
    private static Map<String, Object> producerConfig(KafkaProperties kafka, String clientId) {
        Map<String, Object> config = new HashMap<>(kafka.buildProducerProperties());
        config.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50);
        config.putIfAbsent(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        config.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // The topic's metadata must not be forgotten in a quiet hour: the next send would wait for them.
        config.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        return config;
    }

    @Bean
    VoteLog voteLog(
            @Qualifier("voteProducer") Producer<byte[], byte[]> producer,
            ProducerSettings settings,
            VotePartitions partitions,
            MeterRegistry meters) {
        VoteLog.Budget budget =
                new VoteLog.Budget(settings.maxVotesUnderWay(), settings.maxBytesUnderWay(), settings.maxDelay());
        VoteLog log = new VoteLog(producer, budget, System::nanoTime);
        warmUp(log, partitions, settings.topics().startTimeout());
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
        return log;
    }

    @Bean
    MeterBinder voteProducerMetrics(@Qualifier("voteProducer") Producer<byte[], byte[]> producer) {
        return new KafkaClientMetrics(producer);
    }

    @Bean
    ConnectionLimit connectionLimit(ProducerSettings settings, ClientLimits limits) {
        return new ConnectionLimit(settings.maxConnections(), limits.address().connections(), limits.clientAddress());
    }

    /** No bean that is a filter itself: it would be found, and be asked a second time. */
    @Bean
    MeterBinder requestLimitMetrics(SecurityConfiguration.Gatekeeper gatekeeper) {
        return registry -> gatekeeper.limit().bindTo(registry);
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
    ControlLog controlLog(
            @Qualifier("controlProducer") Producer<byte[], byte[]> producer,
            LogSigner signer,
            Pepper pepper,
            VotePartitions partitions) {
        return new ControlLog(producer, signer, pepper, partitions);
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
            ProducerSettings settings,
            MeterRegistry meters) {
        Map<String, Object> config = new HashMap<>(kafka.buildConsumerProperties());
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        config.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "votelog-producer-ballots");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // A batch has at most 1 MiB in the log, and the first one of an answer comes whatever its length.
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
    LifeCycle lifeCycle(Catalogue catalogue, ControlLog log, Clock clock) {
        return new LifeCycle(catalogue, log, clock);
    }

    @Bean
    Finisher finisher(Catalogue catalogue, LifeCycle lifeCycle, Clock clock, ProducerSettings settings) {
        return new Finisher(catalogue, lifeCycle, clock, settings.takeOverAfter());
    }

    @Bean
    Publisher publisher(Catalogue catalogue, ControlLog log, LifeCycle lifeCycle, Clock clock) {
        return new Publisher(catalogue, log, lifeCycle, clock);
    }

    @Bean
    Annuller annuller(Catalogue catalogue, ControlLog log) {
        return new Annuller(catalogue, log);
    }

    @Bean
    BallotPages ballotPages(PublicUrls publicUrls, ProducerSettings settings) {
        return new BallotPages(publicUrls, settings.signIn(), settings.dev().tokens());
    }

    @Bean
    VoteMeters voteMeters(MeterRegistry registry) {
        return new VoteMeters(registry);
    }

    @Bean
    FairUse fairUse(ProducerSettings settings, ClientLimits limits) {
        return new FairUse(settings.limits(), limits.clientAddress(), System::nanoTime);
    }

    @Bean
    BallotBox ballotBox(Pepper pepper, VoteLog log, FairUse fairUse, Clock clock, VoteMeters meters) {
        return new BallotBox(pepper, log, fairUse, clock, meters);
    }

    @Bean
    LastCall lastCall(BallotBox box) {
        return new LastCall(box);
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

    @Bean
    VoteResponses voteResponses(PublicUrls publicUrls, Origins origins, FairUse fairUse) {
        return new VoteResponses(publicUrls, origins, fairUse);
    }

    /**
     * What the public port has and the management port must not have: the votes' routes, and a guard for each connection. Customizers
     * of factories are looked for beside each server alone; beans of the kinds that this one adds would be found by both.
     */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> publicPort(
            VoteDesk voteDesk,
            BatchDesk batchDesk,
            VoteResponses responses,
            ConnectionLimit limit,
            ProducerSettings settings) {
        ConnectionGuard.Patience patience = new ConnectionGuard.Patience(
                settings.requestTimeout(), settings.requestTimeout().multipliedBy(3), settings.idleTimeout());
        Optional<StrictTransport> strictTransport =
                settings.hsts().header(settings.publicUrls().producer()).map(StrictTransport::new);
        return factory -> {
            if (settings.dev().tokens()) {
                factory.addRouteProviders(new ForeignHostRoute(responses));
            }
            factory.addRouteProviders(new VoteRoute(voteDesk, responses), new BatchRoute(batchDesk, responses));
            factory.addServerCustomizers(
                    server -> PublicPort.of(server, limit, patience, VoteResponses::protect, strictTransport));
        };
    }

    /** Where publishing, closing and annulling block; a burst of them waits here and keeps nobody else from voting. */
    @Bean(destroyMethod = "dispose")
    Scheduler ballotWork() {
        return Schedulers.newBoundedElastic(8, 256, "ballot-work", 60, true);
    }

    /** Part of the readiness group. It is up when the catalogue is being followed; the start waits for all else. */
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
