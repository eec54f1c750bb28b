// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.CommandRun;
import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.BallotFile;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vote on real brokers, with the brokers' times, sealed by the sealer and bundled from the brokers. */
@WithKafka(freshTopics = true)
class BundleIT {
    @TempDir
    private Path dir;

    private String address;

    /** A ballot that is open now. */
    private static BallotDefinition open() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String yaml =
                """
                ballotId: fruits
                title: Fruits
                window: {opensAt: "%s", closesAt: "%s"}
                picks: {min: 1, max: 2}
                sections:
                  - {id: A, title: A, picks: {min: 1, max: 2}, options: [{id: a1, title: a}, {id: a2, title: b}]}
                results: {visibility: live}
                """
                        .formatted(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
        if (BallotFile.YAML.read(yaml.getBytes(StandardCharsets.UTF_8)) instanceof Ballot.Definition.Valid valid) {
            return BallotDefinition.of(valid.ballot());
        }
        throw new AssertionError(yaml);
    }

    /** Writes what a topic of the log in memory has to the brokers. */
    private void write(KafkaProducer<byte[], byte[]> producer, TestLog log, Topic topic) throws Exception {
        for (int partition = 0; partition < log.ranges(topic.name()).size(); partition++) {
            for (ConsumerRecord<byte[], byte[]> record : log.records(topic, partition)) {
                producer.send(new ProducerRecord<>(
                                topic.name(), partition, null, record.key(), record.value(), record.headers()))
                        .get();
            }
        }
    }

    /** Gives the log in memory the votes as the brokers have them. */
    private void readBack(TestLog log) {
        try (BrokerSource brokers = new BrokerSource(address, Map.of())) {
            brokers.ranges(Topics.VOTES.name()).forEach(range -> {
                List<ConsumerRecord<byte[], byte[]>> records = log.records(Topics.VOTES, range.partition());
                records.clear();
                brokers.read(range, records::add);
            });
        }
    }

    private CommandRun run(Object... words) {
        CommandRun run = CommandRun.of(words);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run;
    }

    @Test
    void shouldBundleAVoteThatAStrangerChecks(KafkaBroker broker) throws Exception {
        address = broker.bootstrapServers();
        BallotDefinition ballot = open();
        TestLog log = new TestLog().publish(ballot);
        for (int voter = 0; voter < 200; voter++) {
            log.vote(voter, voter, voter % 3 == 0 ? "a2" : "a1");
        }
        log.vote(5, 5, "a1").vote(6, 600, "a2").close(ballot).vote(300, 300, "a1");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer())) {
            broker.createTopics(
                    Topics.BALLOTS.newTopic(TestLog.PARTITIONS, 1),
                    Topics.VOTES.newTopic(TestLog.PARTITIONS, 1),
                    Topics.DECISIONS.newTopic(TestLog.PARTITIONS, 1),
                    Topics.DEAD_LETTERS.newTopic(TestLog.PARTITIONS, 1),
                    Topics.RESULTS.newTopic(TestLog.PARTITIONS, 1),
                    Topics.SEALS.newTopic(TestLog.PARTITIONS, 1));
            write(producer, log, Topics.BALLOTS);
            write(producer, log, Topics.VOTES);
            readBack(log);
            PublishedLog.of(log, 2);
            write(producer, log, Topics.DECISIONS);
            write(producer, log, Topics.DEAD_LETTERS);
            for (ConsumerRecord<byte[], byte[]> record : log.records(Topics.RESULTS, 0)) {
                producer.send(new ProducerRecord<>(Topics.RESULTS.name(), 0, record.key(), record.value()))
                        .get();
            }
            Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
            PublishedLog.ends(log)
                    .forEach((partition, end) -> counted.put(
                            new TopicPartition(Topics.VOTES.name(), partition), new OffsetAndMetadata(end)));
            admin.alterConsumerGroupOffsets(CountedOffsets.GROUP, counted).all().get();
        }
        Path key = dir.resolve("key");
        Path sealed = dir.resolve("sealed");
        String logKey = run("keygen", "--origin", "example.org/bundled", "--out", key)
                .out()
                .strip();
        for (int times = 0; times < 2; times++) {
            run("seal", "--bootstrap-servers", address, "--log", sealed, "--key", key, "--once");
        }
        Path bundle = dir.resolve("vote.zip");
        run(
                "bundle",
                "--out",
                bundle,
                "--bootstrap-servers",
                address,
                "--public-key",
                TestLog.publicKey(),
                "--log",
                sealed,
                "--log-key",
                logKey);
        Path mine = Files.createDirectory(dir.resolve("mine"));
        Path announcement = Files.writeString(
                mine.resolve("announcement.json"),
                run(
                                "announce",
                                "--bootstrap-servers",
                                address,
                                "--public-key",
                                TestLog.publicKey(),
                                "--log-key",
                                logKey)
                        .out());
        Files.writeString(mine.resolve("public-keys.txt"), TestLog.publicKey() + "\n");
        Files.writeString(mine.resolve("log-keys.txt"), logKey.replaceAll("\\s+", "\n") + "\n");

        CommandRun verified = run("verify-bundle", bundle, "--expect", announcement);
        assertThat(verified.out())
                .contains("Passed: all 11 steps that were asked for. Not asked for, and so not known: steps 8, 13.");
        assertThat(new StrangersShell(dir, mine).run(bundle)).isEmpty();
        Path open = dir.resolve("public.zip");
        run(
                "bundle",
                "--public",
                "--out",
                open,
                "--bootstrap-servers",
                address,
                "--public-key",
                TestLog.publicKey(),
                "--log",
                sealed,
                "--log-key",
                logKey);
        run("verify-bundle", open, "--expect", announcement);
        assertThat(new StrangersShell(dir, mine).run(open)).isEmpty();
        assertThat(run("compare-bundles", bundle, open).out()).contains("NOT ASKED Both have one log");
    }
}
