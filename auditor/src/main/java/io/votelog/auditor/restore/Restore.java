// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.restore;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the truth of a copied log to brokers that hold none of it: votes, ballots and seals. Everything else is made from votes again, by the
 * streams-apps. While it writes, the topics keep the times that come with the records; when all is there, they are set to stamp what follows,
 * so that neither a gateway nor a streams-app starts on half of a log: their checks at the start refuse it until then.
 */
public final class Restore {
    /** What is written, in this order; votes last, since no gateway and no streams-app starts before they are whole. */
    private static final List<String> NAMES = List.of(Topics.BALLOTS.name(), Topics.SEALS.name(), Topics.VOTES.name());

    /** What the names of the topics end with from which a count goes on. */
    private static final String CHANGELOG = "-changelog";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MIB = 1 << 20;
    /** Where every offset has a record. Each seal was a transaction of its own, which takes an offset more. */
    private static final Set<String> DENSE = Set.of(Topics.VOTES.name(), Topics.BALLOTS.name());

    /** How far a record's time may be ahead of a broker's clock where the topic takes the records' own times. */
    private static final String AHEAD = TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG;

    private final LogSource dump;
    private final String bootstrapServers;
    private final Map<String, Object> settings;
    private final List<Topic> topics;
    private final Progress progress;

    /**
     * @param dump what is written
     * @param bootstrapServers brokers without a log, {@code host:port}, several with commas between
     * @param clientProperties further settings of Kafka's clients, such as TLS and SASL
     * @param flush whether brokers are to sync what follows before they acknowledge it ({@code votelog.topics.flush})
     */
    public Restore(
            LogSource dump,
            String bootstrapServers,
            Map<String, String> clientProperties,
            boolean flush,
            Progress progress) {
        this.topics = (flush ? Topics.allFlushed() : Topics.all())
                .stream()
                        .filter(topic -> NAMES.contains(topic.name()))
                        .sorted(Comparator.comparing(topic -> NAMES.indexOf(topic.name())))
                        .toList();
        this.dump = dump;
        this.bootstrapServers = bootstrapServers;
        this.settings = new HashMap<>(clientProperties);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("enable.metrics.push", false);
        this.progress = progress;
    }

    /**
     * Writes all of it.
     *
     * @return by topic, how many records were written
     * @throws AuditException where the copy is not a whole log, the brokers hold a log already, or a record does not come to stand where it
     *     stood
     */
    public Map<String, Long> run() {
        Map<Topic, List<OffsetRange>> parts = parts();
        try (Admin admin = Admin.create(settings)) {
            requireNone(admin);
            int replicas = Math.min(
                    LogCluster.CLUSTER_REPLICAS,
                    await(admin.describeCluster().nodes(), "how many brokers there are")
                            .size());
            int partitions = dump.ranges(Topics.VOTES.name()).size();
            for (Topic topic : parts.keySet()) {
                NewTopic made = topic.newTopic(partitions, replicas);
                Map<String, String> configs = new HashMap<>(made.configs());
                configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
                configs.put(AHEAD, Long.toString(Long.MAX_VALUE));
                await(
                        admin.createTopics(List.of(made.configs(configs))).all(),
                        "that topic " + topic.name() + " is made");
            }
            Map<String, Long> written = new LinkedHashMap<>();
            for (Map.Entry<Topic, List<OffsetRange>> part : parts.entrySet()) {
                long records = 0;
                for (OffsetRange range : part.getValue()) {
                    records += write(part.getKey(), range);
                }
                written.put(part.getKey().name(), records);
            }
            for (Topic topic : parts.keySet()) {
                String type = topic.settings().getOrDefault(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
                await(
                        admin.incrementalAlterConfigs(Map.of(
                                        new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                                        List.of(
                                                new AlterConfigOp(
                                                        new ConfigEntry(
                                                                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, type),
                                                        AlterConfigOp.OpType.SET),
                                                new AlterConfigOp(
                                                        new ConfigEntry(AHEAD, ""), AlterConfigOp.OpType.DELETE))))
                                .all(),
                        "that topic " + topic.name() + " stamps its records");
            }
            return written;
        } catch (KafkaException e) {
            throw new AuditException("%s cannot be written: %s".formatted(bootstrapServers, Texts.reason(e)), e);
        }
    }

    /** The partitions of each topic in the copy, all from offset 0 on. */
    private Map<Topic, List<OffsetRange>> parts() {
        Map<Topic, List<OffsetRange>> parts = new LinkedHashMap<>();
        for (Topic topic : topics) {
            List<OffsetRange> ranges = dump.ranges(topic.name());
            for (int partition = 0; partition < ranges.size(); partition++) {
                OffsetRange range = ranges.get(partition);
                if (range.partition() != partition) {
                    throw new AuditException("%s lacks %s/%d".formatted(dump.name(), topic.name(), partition));
                }
                if (range.begin() != 0 && DENSE.contains(topic.name())) {
                    throw new AuditException(
                            "%s begins at offset %d in %s: a log whose beginning is gone cannot be restored, since offsets are counted from its first record"
                                    .formatted(range, range.begin(), dump.name()));
                }
            }
            if (!ranges.isEmpty()) {
                parts.put(topic, ranges);
            }
        }
        if (dump.ranges(Topics.VOTES.name()).isEmpty()
                || dump.ranges(Topics.BALLOTS.name()).isEmpty()) {
            throw new AuditException("%s holds no votes, or no ballots: it is no copy of a log".formatted(dump.name()));
        }
        return parts;
    }

    /** Nothing is written beside a log that is there, or over it. */
    private void requireNone(Admin admin) {
        Set<String> there = await(admin.listTopics().names(), "the list of topics");
        Set<String> ofLog = Topics.all().stream().map(Topic::name).collect(Collectors.toSet());
        List<String> present = there.stream()
                .filter(name -> ofLog.contains(name) || name.endsWith(CHANGELOG))
                .sorted()
                .toList();
        if (!present.isEmpty()) {
            throw new AuditException(
                    "%s has %s already: a log is restored to brokers that have none, nor changelogs of a count. Where that is the rest of an attempt or of a log that is gone, delete these topics, and try again"
                            .formatted(bootstrapServers, String.join(", ", present)));
        }
    }

    private long write(Topic topic, OffsetRange range) {
        progress.begin("writing " + range, range.end());
        Map<String, Object> config = new HashMap<>(settings);
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("compression.type", "none");
        config.put("linger.ms", 20);
        config.put("batch.size", MIB / 4);
        config.put("max.request.size", 2 * MIB);
        config.put("buffer.memory", 32L * MIB);
        AtomicReference<@Nullable AuditException> failed = new AtomicReference<>();
        long[] records = new long[1];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            dump.readStored(range, record -> {
                throwIfFailed(failed);
                producer.send(
                        new ProducerRecord<>(
                                topic.name(),
                                range.partition(),
                                record.timestamp(),
                                record.key(),
                                record.value(),
                                record.headers()),
                        (written, failure) -> {
                            if (failure != null) {
                                failed.compareAndSet(
                                        null,
                                        new AuditException(
                                                "offset %d of %s cannot be written: %s"
                                                        .formatted(record.offset(), range, failure.getMessage()),
                                                failure));
                            } else if (DENSE.contains(topic.name()) && written.offset() != record.offset()) {
                                failed.compareAndSet(
                                        null,
                                        new AuditException(
                                                "offset %d of %s came to stand at offset %d: somebody else writes there, or the copy has a gap"
                                                        .formatted(record.offset(), range, written.offset())));
                            }
                        });
                records[0]++;
                progress.at(records[0]);
            });
            producer.flush();
        }
        throwIfFailed(failed);
        progress.end();
        return records[0];
    }

    private static void throwIfFailed(AtomicReference<@Nullable AuditException> failed) {
        AuditException first = failed.get();
        if (first != null) {
            throw first;
        }
    }

    private static <T> T await(KafkaFuture<T> answer, String what) {
        try {
            return answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AuditException("the brokers do not say %s: %s".formatted(what, String.valueOf(e.getCause())), e);
        } catch (TimeoutException e) {
            throw new AuditException("the brokers do not say %s within %d s".formatted(what, TIMEOUT.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        }
    }
}
