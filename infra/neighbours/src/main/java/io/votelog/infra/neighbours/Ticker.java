// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A live ticker: a line for each newer result, on standard output. */
public final class Ticker {
    private static final String BALLOTS = "votelog.ballots.v1";
    private static final String RESULTS = "votelog.results.v1";
    private static final Duration POLL = Duration.ofSeconds(1);

    private final EventReader ballots;
    private final EventReader results;
    private final @Nullable String only;
    private final Map<String, List<String>> options = new HashMap<>();
    private final Map<String, GenericRecord> waiting = new HashMap<>();
    private final Map<String, Age> newest = new HashMap<>();

    /** Of two results of a ballot the one with the greater revision is newer, and of one revision the one with the greater version. */
    private record Age(long revision, long version) {
        static Age of(GenericRecord result) {
            return new Age(number(result, "revision"), number(result, "version"));
        }

        boolean newerThan(@Nullable Age other) {
            return other == null || revision > other.revision || revision == other.revision && version > other.version;
        }
    }

    private Ticker(EventReader ballots, EventReader results, @Nullable String only) {
        this.ballots = ballots;
        this.results = results;
        this.only = only;
    }

    /**
     * Runs until it is stopped.
     *
     * @param args the brokers; the folder {@code schemas/src/main/resources/io/votelog/schemas/history}; a ballot's id, or nothing for all
     */
    public static void main(String[] args) throws IOException {
        if (args.length < 2 || args.length > 3) {
            System.err.println("usage: Ticker BROKERS SCHEMAS [BALLOT]");
            System.exit(2);
        }
        Path history = Path.of(args[1]);
        new Ticker(
                        EventReader.of(history, "BallotPublished"),
                        EventReader.of(history, "BallotResults"),
                        args.length == 3 ? args[2] : null)
                .follow(args[0]);
    }

    private void follow(String brokers) throws IOException {
        Properties settings = new Properties();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        // Results are written in transactions, so aborted ones are passed over.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            // A ticker keeps no offsets and shares no work: it has every partition, from the beginning.
            List<TopicPartition> all = new ArrayList<>();
            for (String topic : List.of(BALLOTS, RESULTS)) {
                consumer.partitionsFor(topic)
                        .forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.topic().equals(BALLOTS)) {
            // Others than definitions stand there too.
            Optional<GenericRecord> ballot = ballots.readIfOfItsKind(record.value());
            if (ballot.isPresent()) {
                String definition = ballot.get().get("definition").toString();
                options.put(sha256(definition), optionsOf(definition));
            }
        } else {
            GenericRecord result = results.read(record.value());
            String ballot = result.get("ballotId").toString();
            if ((only == null || only.equals(ballot)) && Age.of(result).newerThan(newest.get(ballot))) {
                newest.put(ballot, Age.of(result));
                waiting.put(ballot, result);
            }
        }
        waiting.values().removeIf(this::told);
    }

    /** Tells a result, unless the ballot's definition has not been read yet: the topics are read side by side. */
    private boolean told(GenericRecord result) {
        List<String> names = options.get(hex(((GenericFixed) result.get("digest")).bytes()));
        if (names == null) {
            return false;
        }
        StringBuilder line = new StringBuilder("%s %s version=%d revision=%d received=%d accepted=%d"
                .formatted(
                        result.get("ballotId"),
                        result.get("status"),
                        number(result, "version"),
                        number(result, "revision"),
                        number(result, "received"),
                        number(result, "accepted")));
        // There are none while the ballot hides them.
        if (result.get("votes") instanceof List<?> votes) {
            for (int option = 0; option < votes.size(); option++) {
                long count = ((Number) votes.get(option)).longValue();
                if (count > 0) {
                    line.append(' ').append(names.get(option)).append('=').append(count);
                }
            }
        }
        System.out.println(line);
        return true;
    }

    private static List<String> optionsOf(String definition) {
        List<String> ids = new ArrayList<>();
        for (JsonNode section : new JsonMapper().readTree(definition).path("sections")) {
            section.path("options").forEach(option -> ids.add(option.path("id").asString()));
        }
        return ids;
    }

    private static long number(GenericRecord result, String field) {
        return ((Number) result.get(field)).longValue();
    }

    private static String sha256(String text) {
        try {
            return hex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
