// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.KeyId;
import io.votelog.events.Salt;
import io.votelog.events.VoteCast;
import io.votelog.infra.local.AuditorProgram.Said;
import io.votelog.infra.local.HostileRecords.Hostile;
import io.votelog.infra.testing.CraftedBatch;
import io.votelog.infra.testing.Python;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Strangers write into the log of a running system whatever they can think of. The honest votes beside it are counted all the same,
 * within seconds, and auditor, sealer and recount come to the end of the log.
 */
@WholeSystem
class HostileRecordsIT {
    private static final String BALLOT = "gz-customs-2021";
    private static final int PARTITIONS = 4;
    private static final long SEED = Long.getLong("votelog.seed", System.nanoTime());

    /** Honest votes of a round; by their number alone, some of them come to each partition. */
    private static final int HONEST = 24;

    @TempDir
    static Path dir;

    @Test
    void shouldCountTheVotesBesideThem() throws Exception {
        System.out.printf("seed %d, -Dvotelog.seed=%d%n", SEED, SEED);
        Running up = Running.start(dir, "--unsealed");
        try {
            up.awaitReady();
            Set<Long> children = up.children();
            List<JsonNode> honest = new ArrayList<>();
            honest.addAll(castVotes(up, "before"));

            Map<Integer, Long> ends = writeAll(hostile(), up.kafka());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                // Few kilobytes as they come: they must not get into the log, nor take the broker along.
                CraftedBatch zeros = CraftedBatch.ofZeros(CompressionType.ZSTD, 400_000_000);
                assertThat(zeros.sendTo(up.kafka(), Topics.VOTES.name(), partition))
                        .isEqualTo(Errors.MESSAGE_TOO_LARGE);
            }
            honest.addAll(castVotes(up, "behind"));

            Instant cast = Instant.now();
            for (JsonNode vote : honest) {
                assertThat(up.receipt(vote).path("status").stringValue())
                        .as(vote.toString())
                        .isEqualTo("accepted");
            }
            assertThat(Duration.between(cast, Instant.now()))
                    .as("until the last vote was counted")
                    .isLessThan(Duration.ofSeconds(60));
            assertThat(partitions(honest)).containsExactly(0, 1, 2, 3);
            assertThat(up.children()).as("no process has ended").containsAll(children);
            assertThat(ends.keySet()).containsExactly(0, 1, 2, 3);
            auditorsComeToTheEnd(up);
        } finally {
            up.kill();
        }
    }

    private static List<JsonNode> castVotes(Running up, String when) throws Exception {
        List<JsonNode> votes = new ArrayList<>();
        for (int n = 0; n < HONEST; n++) {
            votes.add(up.vote("honest-%s-%d".formatted(when, n), "01", "25"));
        }
        return votes;
    }

    private static Set<Integer> partitions(List<JsonNode> votes) {
        Set<Integer> partitions = new TreeSet<>();
        votes.forEach(vote -> partitions.add(vote.path("partition").intValue()));
        return partitions;
    }

    private static List<Hostile> hostile() throws Exception {
        Random random = new Random(SEED);
        byte[] voter = new byte[Pseudonym.LENGTH];
        random.nextBytes(voter);
        VoteCast vote = new VoteCast(new UUID(1, 1), BALLOT, List.of("01", "25"), new Salt(new byte[32]));
        byte[] publicKey = Base64.getDecoder().decode(secret("log-public-key"));
        Map<String, Object> plain = new HashMap<>();
        plain.put("ballotId", BALLOT);
        plain.put("item", "01");
        plain.put("partition", 0);
        plain.put("partitionCount", PARTITIONS);
        plain.put("reason", "cast with a stolen sign-in");
        plain.put("voter", voter);
        plain.put(
                "keyId",
                new KeyId(Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(publicKey), 8)).bytes());
        plain.put("digest", new byte[32]);
        List<Hostile> all = HostileRecords.all(privateKey(), plain, voter, Events.encode(vote), random);
        Collections.shuffle(all, random);
        return all;
    }

    private static PrivateKey privateKey() throws Exception {
        byte[] pkcs8 = Base64.getDecoder().decode(secret("log-private-key"));
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static String secret(String name) throws Exception {
        return Files.readString(dir.resolve(".votelog/secrets").resolve(name)).strip();
    }

    /**
     * Writes each into one partition, those with a hostile ballot id into all. Votes with another hostile field come to the partition of
     * their voter: elsewhere they would be put aside for that alone.
     *
     * @return the offset behind the last one, by partition
     */
    private static Map<Integer, Long> writeAll(List<Hostile> records, String kafka) throws Exception {
        Map<Integer, Long> ends = new TreeMap<>();
        int refused = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "max.request.size", 8 << 20, "buffer.memory", 64 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            int next = 0;
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Hostile record : records) {
                boolean everywhere = record.what().startsWith("VoteCast.ballotId");
                boolean home = record.what().startsWith("VoteCast.") && !everywhere;
                for (int n = 0; n < (everywhere ? PARTITIONS : 1); n++) {
                    int partition = home ? Pseudonym.partition(record.key(), PARTITIONS) : next++ % PARTITIONS;
                    ProducerRecord<byte[], byte[]> written =
                            new ProducerRecord<>(Topics.VOTES.name(), partition, record.key(), record.value());
                    record.headers().forEach(written.headers()::add);
                    sent.add(producer.send(written));
                }
            }
            for (Future<RecordMetadata> each : sent) {
                try {
                    RecordMetadata at = each.get();
                    ends.merge(at.partition(), at.offset() + 1, Math::max);
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(RecordTooLargeException.class);
                    refused++;
                }
            }
            System.out.printf("%d hostile records written, %d too large for the log%n", sent.size() - refused, refused);
        }
        return ends;
    }

    private static void auditorsComeToTheEnd(Running up) throws Exception {
        AuditorProgram auditor = new AuditorProgram(dir);
        String publicKey = secret("log-public-key");
        Said replay = auditor.run("replay", "--bootstrap-servers", up.kafka(), "--public-key", publicKey);
        assertThat(replay.text()).contains("Verified: all").doesNotContain("FAIL", "SKIPPED");
        assertThat(replay.exitCode()).isZero();

        String dump = dir.resolve("dump").toString();
        Said dumped = auditor.run("dump", "--bootstrap-servers", up.kafka(), dump);
        assertThat(dumped.exitCode()).as(dumped.text()).isZero();
        if (Python.isHere("recount of hostile records")) {
            Said recount = auditor.program(List.of("python3", "../../auditor/recount.py", dump, publicKey));
            assertThat(recount.text()).contains("All verdicts and all numbers are the same.");
            assertThat(recount.exitCode()).isZero();
        }

        Path key = dir.resolve("sealing-key");
        assertThat(auditor.run("keygen", "--origin", "example.org/hostile", "--out", key.toString())
                        .exitCode())
                .isZero();
        Path sealed = dir.resolve("sealed");
        Said seal = auditor.run(
                "seal",
                "--bootstrap-servers",
                up.kafka(),
                "--log",
                sealed.toString(),
                "--key",
                key.toString(),
                "--once");
        assertThat(seal.exitCode()).as(seal.text()).isZero();
    }
}
