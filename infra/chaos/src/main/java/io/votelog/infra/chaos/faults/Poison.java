// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.events.BallotClosed;
import io.votelog.events.Ed25519Signature;
import io.votelog.events.KeyId;
import io.votelog.events.Outcome;
import io.votelog.events.Salt;
import io.votelog.events.Sha256;
import io.votelog.events.VoteCast;
import io.votelog.events.VoteDecided;
import io.votelog.infra.chaos.load.Elections;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Place;
import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.rules.Reason;
import io.votelog.schemas.DeadLetters.Cause;
import io.votelog.schemas.Events;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Records that no gateway would write are written straight to votes, and each must come to what is documented for it; the votes between them
 * go on.
 */
record Poison(String name, Ledger ledger) implements Fault {
    private static final List<String> VALID = List.of("a1", "b1");
    private static final int FINGERPRINT_AT = 2;

    @Override
    public String what() {
        return "records that no gateway would write, straight into votes";
    }

    /** One record and what it must come to. */
    private record Dose(
            String what,
            int partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Map<String, byte[]> headers,
            String expected) {}

    @Override
    public Blow strike(Scene scene, Random random) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", scene.kafka().bootstrapServers(),
                        "acks", "all",
                        "enable.idempotence", "true"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            int partitions = producer.partitionsFor(Topics.VOTES.name()).size();
            List<Dose> doses = new Doses(partitions, random).all();
            for (Dose dose : doses) {
                write(producer, dose);
            }
            return new Blow(
                    doses.size() + " records", Duration.ZERO, () -> {}, Blow.Since.STRIKE, Blow::votesCountAndAreTold);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }

    private void write(KafkaProducer<byte[], byte[]> producer, Dose dose) throws InterruptedException {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Topics.VOTES.name(), dose.partition(), dose.key(), dose.value());
        dose.headers().forEach((name, value) -> record.headers().add(new RecordHeader(name, value)));
        Place place = null;
        try {
            RecordMetadata written = producer.send(record).get();
            place = new Place(written.partition(), written.offset());
        } catch (ExecutionException e) {
            // It may stand there or not; the recount says what it must come to.
        }
        ledger.wrote(new Ledger.Foreign(dose.what(), place, dose.expected(), dose.value()));
    }

    /** All doses of one strike. */
    private static final class Doses {
        private final int partitions;
        private final Random random;
        private final List<Dose> all = new ArrayList<>();

        Doses(int partitions, Random random) {
            this.partitions = partitions;
            this.random = random;
        }

        List<Dose> all() {
            noEvents();
            foreignEvents();
            oddVotes();
            brokenVotes();
            return all;
        }

        private void noEvents() {
            byte[] vote = vote(Elections.MAIN, VALID);
            byte[] otherSchema = vote.clone();
            Arrays.fill(otherSchema, FINGERPRINT_AT, FINGERPRINT_AT + Long.BYTES, (byte) 0xAA);
            poison("noise", bytes(1 + random.nextInt(2_000)), Cause.UNDECODABLE);
            poison("no value", null, Cause.UNDECODABLE);
            poison("an empty value", new byte[0], Cause.UNDECODABLE);
            poison("a schema that nobody knows", otherSchema, Cause.UNDECODABLE);
            poison("a vote that is cut", Arrays.copyOf(vote, vote.length - 1), Cause.UNDECODABLE);
            poison("a vote with bytes left over", Arrays.copyOf(vote, vote.length + 1), Cause.UNDECODABLE);
            poison("text", "{\"choices\":[\"a1\",\"b1\"]}".getBytes(StandardCharsets.UTF_8), Cause.UNDECODABLE);
        }

        private void foreignEvents() {
            poison(
                    "a verdict",
                    Events.encode(new VoteDecided(
                            new UUID(random.nextLong(), random.nextLong()),
                            Elections.MAIN,
                            Outcome.ACCEPTED,
                            null,
                            0L,
                            Instant.EPOCH)),
                    Cause.FOREIGN_EVENT);
            int partition = random.nextInt(partitions);
            SpecificRecord close = new BallotClosed(
                    Elections.MAIN,
                    new Sha256(new byte[32]),
                    partition,
                    new KeyId(new byte[8]),
                    new Ed25519Signature(new byte[64]));
            add("a close that nobody signed", partition, null, Events.encode(close), Cause.BAD_SIGNATURE);
        }

        private void oddVotes() {
            byte[] vote = vote(Elections.MAIN, VALID);
            add("a vote without a key", random.nextInt(partitions), null, vote, Cause.BAD_KEY);
            add("a vote with a key of 15 bytes", random.nextInt(partitions), bytes(15), vote, Cause.BAD_KEY);
            byte[] key = bytes(Pseudonym.LENGTH);
            int other = (Pseudonym.partition(key, partitions) + 1) % partitions;
            add("a vote in another partition than its key's", other, key, vote, Cause.WRONG_PARTITION);
            byte[] id = bytes(Pseudonym.LENGTH);
            add(
                    "a vote on what can be no ballot",
                    Pseudonym.partition(id, partitions),
                    id,
                    vote("NO BALLOT", VALID),
                    Cause.BAD_BALLOT_ID);
            vote("a vote on an unknown ballot", vote("chaos-none", VALID), Reason.UNKNOWN_BALLOT.name(), Map.of());
            vote(
                    "a vote with wrong headers",
                    vote(Elections.MAIN, VALID),
                    "ACCEPTED",
                    Map.of("ce_id", bytes(20), "content-type", new byte[0], "votelog-offset", new byte[] {'0'}));
        }

        /** Form is looked at again by those who count. */
        private void brokenVotes() {
            broken(Reason.NO_CHOICE);
            broken(Reason.UNKNOWN_OPTION, "a1", "b1", "c1");
            broken(Reason.REPEATED_OPTION, "a1", "a1", "b1");
            broken(Reason.TOO_MANY_PICKS, "a1", "a2", "a3", "b1", "b2", "b3", "b4");
            broken(Reason.TOO_FEW_PICKS, "a1");
            broken(Reason.SECTION_TOO_MANY, "a1", "a2", "a3", "a4", "b1");
            broken(Reason.SECTION_TOO_FEW, "a1", "a2");
        }

        private void broken(Reason reason, String... choices) {
            vote("a vote with " + reason, vote(Elections.MAIN, List.of(choices)), reason.name(), Map.of());
        }

        private void vote(String what, byte[] value, String expected, Map<String, byte[]> headers) {
            byte[] key = bytes(Pseudonym.LENGTH);
            all.add(new Dose(what, Pseudonym.partition(key, partitions), key, value, headers, expected));
        }

        /** Under a key as voters have it, in the partition of that key. */
        private void poison(String what, byte @Nullable [] value, Cause cause) {
            byte[] key = bytes(Pseudonym.LENGTH);
            add(what, Pseudonym.partition(key, partitions), key, value, cause);
        }

        private void add(String what, int partition, byte @Nullable [] key, byte @Nullable [] value, Cause cause) {
            all.add(new Dose(what, partition, key, value, Map.of(), "dead letter " + cause));
        }

        private byte[] vote(String ballotId, List<String> choices) {
            return Events.encode(new VoteCast(
                    new UUID(random.nextLong(), random.nextLong()), ballotId, choices, new Salt(bytes(32))));
        }

        private byte[] bytes(int length) {
            byte[] drawn = new byte[length];
            random.nextBytes(drawn);
            return drawn;
        }
    }
}
