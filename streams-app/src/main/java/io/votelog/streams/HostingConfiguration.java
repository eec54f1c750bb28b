package io.votelog.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.schemas.LogCluster;
import io.votelog.schemas.Topic;
import io.votelog.streams.read.ResultsBoard;
import io.votelog.streams.read.TurnoutBoard;
import io.votelog.streams.topology.BrokerTime;
import io.votelog.streams.topology.VotelogTopology;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.KafkaStreamsConfiguration;
import org.springframework.kafka.config.KafkaStreamsInfrastructureCustomizer;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;
import org.springframework.kafka.streams.KafkaStreamsMicrometerListener;

/** Puts the topology into spring-kafka's hands. */
@Configuration(proxyBeanMethods = false)
class HostingConfiguration {
    /** Exit code when the log ends before what was counted. */
    static final int EXIT_LOG_TRUNCATED = 3;

    /** Exit code when changelogs turn out not to survive a broker. */
    static final int EXIT_UNFIT = 4;

    private static final int MIB = 1 << 20;
    private static final long POLL_MS = 10;
    private static final Duration TOPIC_LOOKED_AT_EVERY = Duration.ofSeconds(30);
    private static final Duration CLUSTER_TIMEOUT = Duration.ofSeconds(30);

    /** Stops after the web server has answered what it had begun to. */
    private static final int STREAMS_PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** What the other instances call this one. */
    @Bean
    HostInfo self(StreamsSettings settings, Environment environment) {
        String advertised = settings.advertised();
        return Objects.requireNonNull(HostInfo.buildFromEndpoint(
                advertised != null ? advertised : "localhost:" + environment.getProperty("server.port", "8081")));
    }

    @Bean
    LogMetrics logMetrics(ResultsBoard board, LogCluster.Standing prepared) {
        return new LogMetrics(board, prepared.votePartitions());
    }

    @Bean
    LogWatch logHealthIndicator(LogCluster cluster, ResultsBoard board) {
        return new LogWatch(cluster::idOfVotes, cluster::endOfVotes, board::all).every(TOPIC_LOOKED_AT_EVERY);
    }

    @Bean
    LogCluster logCluster(KafkaProperties kafka, KafkaConnectionDetails connection) {
        Map<String, Object> config = new HashMap<>(kafka.buildAdminProperties());
        List<String> servers = connection.getAdmin().getBootstrapServers();
        config.put("bootstrap.servers", servers);
        return new LogCluster(Admin.create(config), String.join(",", servers), CLUSTER_TIMEOUT);
    }

    @Bean
    LogCluster.Standing preparedLog(LogCluster cluster, TopicSettings topics, StreamsSettings streams) {
        LogCluster.Standing prepared = cluster.prepare(topics.partitions(), topics.replicas());
        if (prepared.replicas() >= LogCluster.CLUSTER_REPLICAS) {
            cluster.checkChangelogs(streams.applicationId());
        }
        return prepared;
    }

    @Bean
    StreamsFaults streamsFaults(StreamsSettings settings, ApplicationContext context) {
        return new StreamsFaults(
                settings.threadReplacements(),
                System::nanoTime,
                () -> AvailabilityChangeEvent.publish(context, LivenessState.BROKEN),
                () -> exit(context, EXIT_LOG_TRUNCATED));
    }

    @Bean
    StreamsBuilderFactoryBean votelogStreams(
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            LogSettings log,
            LogCluster.Standing prepared,
            StreamsFaults faults,
            LogWatch watch,
            ResultsBoard board,
            TurnoutBoard turnout,
            MeterRegistry meters,
            HostInfo self) {
        VotelogTopology topology =
                new VotelogTopology(log.keys(), watch, board::post, turnout::post, board::ballotsChanged);
        StreamsBuilderFactoryBean streams = new StreamsBuilderFactoryBean(
                new KafkaStreamsConfiguration(streamsConfig(kafka, connection, settings, prepared.replicas(), self)));
        streams.setInfrastructureCustomizer(new KafkaStreamsInfrastructureCustomizer() {
            @Override
            public void configureTopology(Topology empty) {
                topology.addTo(empty);
            }
        });
        streams.setStreamsUncaughtExceptionHandler(faults);
        streams.setLeaveGroupOnClose(true);
        streams.setCloseTimeout(Math.toIntExact(settings.closeTimeout().toSeconds()));
        streams.setPhase(STREAMS_PHASE);
        streams.addListener(new KafkaStreamsMicrometerListener(meters));
        return streams;
    }

    @Bean
    StreamsWatch streamsHealthIndicator(
            StreamsBuilderFactoryBean streams,
            LogCluster cluster,
            LogCluster.Standing prepared,
            StreamsSettings settings,
            ApplicationContext context) {
        Runnable onFirstRun = prepared.replicas() >= LogCluster.CLUSTER_REPLICAS
                ? () -> cluster.checkChangelogs(settings.applicationId())
                : () -> {};
        StreamsWatch watch = new StreamsWatch(streams, onFirstRun, () -> exit(context, EXIT_UNFIT));
        streams.setStateListener(watch);
        return watch;
    }

    static Map<String, Object> streamsConfig(
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            int replicas,
            HostInfo self) {
        Map<String, Object> config = new HashMap<>(kafka.buildStreamsProperties());
        config.put(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, connection.getStreams().getBootstrapServers());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        config.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
        config.put(
                StreamsConfig.STATE_DIR_CONFIG,
                settings.stateDir().toAbsolutePath().toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // KIP-1071 ignores a client's standby setting and cannot update a topology yet.
        config.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        // A thread without records to read looks after its timers this often.
        config.put(StreamsConfig.POLL_MS_CONFIG, POLL_MS);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        Integer standbys = settings.standbyReplicas();
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys != null ? standbys : replicas >= 3 ? 1 : 0);
        // Never the broker's default: that may be 1 in a cluster of three.
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicas);
        config.put(
                StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                Integer.toString(Topic.minInsyncReplicas(replicas)));
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, BrokerTime.class);

        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        // Those who stay learn from their next heartbeat that a dead one's partitions are to be shared out.
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 500);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 2 * MIB);
        // A crashed instance's open transaction holds back its heir and all who read committed, so it must end soon.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 4_000);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        // A dead letter is the record as it came, up to 1 MiB each of key, value and headers, and its cause.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 3 * MIB);
        return config;
    }

    private static void exit(ApplicationContext context, int code) {
        ExitCodeGenerator generator = () -> code;
        new Thread(() -> System.exit(SpringApplication.exit(context, generator)), "votelog-exit").start();
    }
}
