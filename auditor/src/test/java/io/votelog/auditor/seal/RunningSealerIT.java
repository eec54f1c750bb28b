// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.auditor.AuditorApplication;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log grows, gets more partitions and is away while it is sealed. */
@WithKafka(freshTopics = true)
class RunningSealerIT {
    private static final String VOTES = Topics.VOTES.name();

    @TempDir
    private Path dir;

    private String address;

    private int run(String... words) {
        return AuditorApplication.commandLine().execute(words);
    }

    private String[] sealing(String... more) {
        return words(
                List.of(
                        "seal",
                        "--bootstrap-servers",
                        address,
                        "--log",
                        dir.resolve("sealed").toString(),
                        "--key",
                        dir.resolve("key").toString(),
                        "--group",
                        "counting"),
                more);
    }

    private static String[] words(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void makeKeys() {
        run(
                "keygen",
                "--origin",
                "example.org/running",
                "--out",
                dir.resolve("key").toString());
    }

    private static void createTopics(Admin admin) throws Exception {
        admin.createTopics(List.of(
                        Topics.VOTES.newTopic(2, 1),
                        Topics.DECISIONS.newTopic(2, 1),
                        Topics.DEAD_LETTERS.newTopic(2, 1),
                        Topics.RESULTS.newTopic(1, 1),
                        Topics.SEALS.newTopic(1, 1)))
                .all()
                .get();
    }

    /** Writes a record into each of so many partitions, and says that all of them are counted. */
    private void write(Admin admin, int partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> counted = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < partitions; partition++) {
                long offset = producer.send(new ProducerRecord<>(VOTES, partition, new byte[16], new byte[] {1}))
                        .get()
                        .offset();
                counted.put(new TopicPartition(VOTES, partition), new OffsetAndMetadata(offset + 1));
            }
        }
        admin.alterConsumerGroupOffsets("counting", counted).all().get();
    }

    private static void grow(Admin admin, String topic, int partitions) throws Exception {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
    }

    /** The leaves of the tree of verdicts, which is behind the one of votes or level with it. */
    private long leaves() throws Exception {
        Path shown = SealedLog.VERDICTS.folder(dir.resolve("sealed")).resolve(CheckpointFile.NAME);
        return Files.exists(shown) ? Long.parseLong(Files.readString(shown).split("\n")[1]) : 0;
    }

    @Test
    void shouldSealWhatIsAddedWhileItRunsAndWhenItStartsAgain(KafkaBroker broker) throws Exception {
        address = broker.bootstrapServers();
        makeKeys();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            createTopics(admin);
            write(admin, 2);
            assertThat(run(sealing("--once"))).isZero();
            assertThat(leaves()).isEqualTo(3);

            // The counting gives decisions as many, in its own time.
            grow(admin, VOTES, 3);
            write(admin, 3);
            Thread sealer = new Thread(() -> run(sealing("--every", "0.1")), "sealer");
            sealer.start();
            grow(admin, Topics.DECISIONS.name(), 3);
            await("the partition that was added before the start")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> leaves() == 7);
            grow(admin, VOTES, 4);
            grow(admin, Topics.DECISIONS.name(), 4);
            write(admin, 4);
            await("the one that was added since").atMost(Duration.ofSeconds(60)).until(() -> leaves() >= 12);
            sealer.interrupt();
            sealer.join(Duration.ofSeconds(30).toMillis());
            assertThat(sealer.isAlive()).isFalse();

            write(admin, 4);
            assertThat(run(sealing("--once"))).isZero();
        }
        SealedLogKey key =
                SealingKey.parse(Files.readString(dir.resolve("key"))).publicKey();
        assertThat(run(
                        "verify",
                        "--bootstrap-servers",
                        address,
                        "--log",
                        dir.resolve("sealed").toString(),
                        "--log-key",
                        key.votes().vkey() + " " + key.verdicts().vkey()))
                .isZero();
    }

    @Test
    void shouldGoOnAfterAnOutage(@TempDir Path data) throws Exception {
        Path impatient = Files.writeString(
                dir.resolve("impatient.properties"), "default.api.timeout.ms=2000\nrequest.timeout.ms=1500\n");
        makeKeys();
        try (KafkaCluster cluster = KafkaCluster.single(data).start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            address = cluster.bootstrapServers();
            createTopics(admin);
            write(admin, 2);
            AtomicInteger exitCode = new AtomicInteger(-1);
            Thread sealer = new Thread(
                    () -> exitCode.set(run(sealing("--every", "0.1", "--command-config", impatient.toString()))),
                    "sealer");
            sealer.start();
            await("what is there").atMost(Duration.ofSeconds(30)).until(() -> leaves() == 3);

            cluster.kill(1);
            // Longer than it waits for an answer, twice.
            TimeUnit.SECONDS.sleep(6);
            assertThat(exitCode).as("the exit code of a sealer that still runs").hasValue(-1);
            cluster.restart(1);
            write(admin, 2);

            await("what came after the outage").atMost(Duration.ofSeconds(60)).until(() -> leaves() >= 6);
            sealer.interrupt();
            sealer.join(Duration.ofSeconds(30).toMillis());
            assertThat(sealer.isAlive()).isFalse();
        }
    }

    @Test
    void shouldEndAtOnceWhereTheLogCannotBeOpened() throws Exception {
        Path impatient = Files.writeString(
                dir.resolve("impatient.properties"), "default.api.timeout.ms=2000\nrequest.timeout.ms=1500\n");
        makeKeys();
        address = "127.0.0.1:1";
        assertThat(run(sealing("--command-config", impatient.toString()))).isEqualTo(2);
    }
}
