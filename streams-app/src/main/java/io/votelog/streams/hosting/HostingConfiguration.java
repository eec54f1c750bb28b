// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.hosting;

import io.micrometer.core.instrument.MeterRegistry;
import io.votelog.schemas.LogCluster;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.streams.read.board.BallotsBoard;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.read.board.TurnoutBoard;
import io.votelog.streams.read.instances.Instances;
import io.votelog.streams.read.instances.OwnAddress;
import io.votelog.streams.read.receipts.CountingStreams;
import io.votelog.streams.topology.BrokerTime;
import io.votelog.streams.topology.StoreNames;
import io.votelog.streams.topology.VotelogTopology;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.streams.KafkaStreamsMicrometerListener;

/** Puts the topology into spring-kafka's hands. */
@Configuration(proxyBeanMethods = false)
public class HostingConfiguration {
    /** Exit code when the log was cut or replaced. No JVM ends with it by itself, as with 3 when memory is out. */
    public static final int EXIT_LOG_CUT = 80;

    /** Exit code when the log, its topics or the changelogs are not what the count depends on. */
    public static final int EXIT_UNFIT = 81;

    private static final String COUNTING = "counting";
    private static final String RESULTS = "results";
    private static final int MIB = 1 << 20;
    private static final long POLL_MS = 10;
    private static final Duration TOPIC_LOOKED_AT_EVERY = Duration.ofSeconds(30);

    /** The least that Kafka Streams allows. */
    private static final long PROBING_MS = 60_000;

    private static final Duration CLUSTER_TIMEOUT = Duration.ofSeconds(30);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    OwnAddress self(StreamsSettings settings, Environment environment, KafkaConnectionDetails connection) {
        String advertised = settings.advertised();
        String address = advertised != null
                ? advertised
                : ReachableAddress.of(
                        environment.getProperty("server.address"),
                        connection.getStreams().getBootstrapServers(),
                        environment.getProperty("server.port", "8081"));
        return new OwnAddress(Objects.requireNonNull(HostInfo.buildFromEndpoint(address)));
    }

    @Bean
    Instances instances() {
        return new Instances();
    }

    @Bean
    AddressClaims addressClaims(StreamsSettings settings, OwnAddress self, Instances instances) {
        return new AddressClaims(settings.applicationId(), self.host(), instances.key());
    }

    @Bean
    LogMetrics logMetrics(ResultsBoard board, LogCluster.Layout prepared) {
        return new LogMetrics(board, prepared.votePartitions());
    }

    @Bean
    LogWatch logHealthIndicator(LogCluster cluster, ResultsBoard board) {
        return new LogWatch(cluster::idOfVotes, cluster::endOfVotes, board::all).every(TOPIC_LOOKED_AT_EVERY);
    }

    @Bean
    RocksDbMemory rocksDbMemory(StreamsSettings settings) {
        return new RocksDbMemory(settings.rocksdbMemory().toBytes());
    }

    @Bean
    LogCluster logCluster(KafkaProperties kafka, KafkaConnectionDetails connection) {
        Map<String, Object> config = new HashMap<>(kafka.buildAdminProperties());
        List<String> servers = connection.getAdmin().getBootstrapServers();
        config.put("bootstrap.servers", servers);
        return new LogCluster(Admin.create(config), String.join(",", servers), CLUSTER_TIMEOUT);
    }

    @Bean
    LogCluster.Layout preparedLog(LogCluster cluster, TopicSettings topics, StreamsSettings streams) {
        LogCluster.Layout prepared = cluster.prepare(topics.partitions(), topics.replicas());
        if (prepared.replicas() >= LogCluster.CLUSTER_REPLICAS) {
            cluster.checkChangelogs(streams.applicationId());
        }
        cluster.grow(spreadAsVotes(streams), prepared.votePartitions());
        return prepared;
    }

    /**
     * Topics that have a partition for each of votes: that of the verdicts, and those from which the stores of the count are
     * restored. Kafka Streams names these so.
     */
    private static List<String> spreadAsVotes(StreamsSettings streams) {
        return Stream.concat(
                        Stream.of(Topics.DECISIONS.name()),
                        StoreNames.BY_PARTITION_OF_VOTES.stream()
                                .map(store -> streams.applicationId() + "-" + store + "-changelog"))
                .toList();
    }

    @Bean
    VotelogTopology topology(
            LogSettings log, LogWatch watch, ResultsBoard board, TurnoutBoard turnout, BallotsBoard ballots) {
        return new VotelogTopology(log.keys(), watch, board::post, turnout::post, ballots::post);
    }

    /** Votes to tallies. Its tasks are the partitions of votes and nothing else, so by number they are shared out by weight. */
    @Bean
    HostedStreams counting(
            VotelogTopology topology,
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            LogCluster.Layout prepared,
            @Qualifier("countingFaults") StreamsFaults faults,
            MeterRegistry meters,
            RocksDbMemory memory,
            AddressClaims claims,
            OwnAddress self) {
        Map<String, Object> config = streamsConfig(kafka, connection, settings, prepared.replicas());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        config.put(StreamsConfig.CLIENT_ID_CONFIG, claims.clientId());
        config.put(
                StreamsConfig.APPLICATION_SERVER_CONFIG,
                self.host().host() + ":" + self.host().port());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        config.putAll(memory.streamsConfig());
        return new HostedStreams(
                COUNTING,
                HostedStreams.PHASE - 1,
                topology::counting,
                config,
                settings.closeTimeout(),
                faults,
                new KafkaStreamsMicrometerListener(meters));
    }

    /** Tallies to results, and what every instance has whole. */
    @Bean
    HostedStreams results(
            VotelogTopology topology,
            KafkaProperties kafka,
            KafkaConnectionDetails connection,
            StreamsSettings settings,
            LogCluster.Layout prepared,
            @Qualifier("resultsFaults") StreamsFaults faults,
            MeterRegistry meters) {
        Map<String, Object> config = streamsConfig(kafka, connection, settings, prepared.replicas());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.resultsApplicationId());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        return new HostedStreams(
                RESULTS,
                HostedStreams.PHASE,
                topology::results,
                config,
                settings.closeTimeout(),
                faults,
                new KafkaStreamsMicrometerListener(meters));
    }

    @Bean
    CountingStreams countingStreams(@Qualifier("counting") HostedStreams counting) {
        return counting::streams;
    }

    @Bean
    Liveness liveness(ApplicationContext context) {
        return new Liveness(context);
    }

    @Bean
    StreamsFaults countingFaults(
            StreamsSettings settings,
            Liveness liveness,
            @Qualifier("counting") ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return faults(COUNTING, settings, liveness, streams, watch);
    }

    @Bean
    StreamsFaults resultsFaults(
            StreamsSettings settings,
            Liveness liveness,
            @Qualifier("results") ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return faults(RESULTS, settings, liveness, streams, watch);
    }

    /** What is told of is made after the faults that tell it. */
    private static StreamsFaults faults(
            String name,
            StreamsSettings settings,
            Liveness liveness,
            ObjectProvider<HostedStreams> streams,
            ObjectProvider<CountWatch> watch) {
        return new StreamsFaults(
                name,
                settings.threadReplacements(),
                System::nanoTime,
                thread -> streams.getObject().positions(thread),
                new StreamsFaults.Reaction() {
                    @Override
                    public void failed() {
                        watch.getObject().lookNow();
                    }

                    @Override
                    public void broken(boolean broken) {
                        liveness.say(name, broken);
                    }

                    @Override
                    public void cut() {
                        exit(EXIT_LOG_CUT);
                    }
                });
    }

    @Bean
    CountWatch streamsHealthIndicator(
            @Qualifier("counting") HostedStreams counting,
            @Qualifier("results") HostedStreams results,
            LogCluster cluster,
            LogCluster.Layout prepared,
            StreamsSettings settings,
            AddressClaims claims,
            Instances instances,
            @Qualifier("countingFaults") StreamsFaults faults,
            ResultsBoard board,
            BallotsBoard ballots,
            OwnAddress self,
            Liveness liveness) {
        // A thread that Kafka Streams does not replace, such as the one of the global stores, ends it whatever was
        // answered.
        counting.onChange((now, before) -> sayIfBroken(liveness, COUNTING, now));
        results.onChange((now, before) -> sayIfBroken(liveness, RESULTS, now));
        Runnable onFirstRun = prepared.replicas() >= LogCluster.CLUSTER_REPLICAS
                ? () -> cluster.checkChangelogs(settings.applicationId())
                : () -> {};
        return new CountWatch(
                counting,
                results,
                cluster,
                prepared,
                settings,
                spreadAsVotes(settings),
                claims,
                instances,
                faults,
                board,
                ballots,
                self,
                onFirstRun,
                () -> exit(EXIT_UNFIT));
    }

    private static void sayIfBroken(Liveness liveness, String name, KafkaStreams.State now) {
        if (now == KafkaStreams.State.ERROR) {
            liveness.say(name, true);
        }
    }

    /** What the two have in common. */
    private static Map<String, Object> streamsConfig(
            KafkaProperties kafka, KafkaConnectionDetails connection, StreamsSettings settings, int replicas) {
        Map<String, Object> config = new HashMap<>(kafka.buildStreamsProperties());
        config.put(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, connection.getStreams().getBootstrapServers());
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
        Integer standbys = settings.standbyReplicas();
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys != null ? standbys : replicas >= 3 ? 1 : 0);
        // Never the broker's default: that may be 1 in a cluster of three.
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicas);
        config.put(
                StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                Integer.toString(Topic.minInsyncReplicas(replicas)));
        // What is restored is bounded as the broker sees it.
        config.put(StreamsConfig.topicPrefix(TopicConfig.COMPRESSION_TYPE_CONFIG), "uncompressed");
        // An instance that has caught up by a copy waits for its tasks until somebody asks.
        config.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, PROBING_MS);
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        config.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, BrokerTime.class);

        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        // Those who stay learn from their next heartbeat that a dead one's partitions are to be shared out.
        config.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 500);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 2 * MIB);
        // Of all partitions of one broker; each consumer may hold two such answers.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 * MIB);
        // A crashed instance's open transaction holds back its heir and all who read committed, so it must end soon.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 4_000);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        // A dead letter is the record as it came, up to 1 MiB each of key, value and headers, and its cause.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 3 * MIB);
        return config;
    }

    /**
     * Ends the process, from a thread that nobody waits for. The context is closed by the shutdown that this begins: closed before,
     * a start that is still under way would fail of it, and might end the process with a code of its own.
     */
    private static void exit(int code) {
        new Thread(() -> System.exit(code), "votelog-exit").start();
    }
}
