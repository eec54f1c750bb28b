// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.BrokerSecurity;
import io.votelog.infra.broker.Credentials;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.Role;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each part may do with a real, secured broker, asked of the broker by a client that logs in as that part. */
class RightsIT {
    private static final String APPLICATION = "votelog-streams";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] RECORD = {1};

    /** What a part reads and what it writes, as the design says it; {@link Role} must come to the same. */
    private static final Map<Role, Set<Topic>> READS = new EnumMap<>(Map.of(
            Role.GATEWAY, Set.of(Topics.BALLOTS),
            Role.STREAMS, Set.of(Topics.VOTES, Topics.BALLOTS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS),
            Role.SEALER,
                    Set.of(
                            Topics.VOTES,
                            Topics.BALLOTS,
                            Topics.DECISIONS,
                            Topics.RESULTS,
                            Topics.DEAD_LETTERS,
                            Topics.SEALS),
            Role.AUDITOR, Set.copyOf(Topics.all())));

    private static final Map<Role, Set<Topic>> WRITES = new EnumMap<>(Map.of(
            Role.GATEWAY, Set.of(Topics.VOTES, Topics.BALLOTS),
            Role.STREAMS, Set.of(Topics.DECISIONS, Topics.TALLIES, Topics.TURNOUT, Topics.RESULTS, Topics.DEAD_LETTERS),
            Role.SEALER, Set.of(Topics.SEALS),
            Role.AUDITOR, Set.of()));

    @TempDir
    static Path folder;

    private static SystemSecurity security;
    private static KafkaCluster cluster;
    private static ClusterSetup setup;

    @BeforeAll
    static void startASecuredBroker() throws Exception {
        security = SystemSecurity.in(folder.resolve("security"));
        cluster = KafkaCluster.single(folder.resolve("kafka"))
                .heap("512m")
                .secured(security.ofBrokers())
                .start();
        setup = new ClusterSetup(security, cluster.bootstrapServers());
        setup.apply(Topics.all(), 2, APPLICATION);
        try (KafkaProducer<byte[], byte[]> producer = producer(security.administratorSettings(), Map.of())) {
            for (Topic topic : Topics.all()) {
                producer.send(new ProducerRecord<>(topic.name(), 0, RECORD, RECORD))
                        .get();
            }
        }
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadWhatItNeedsAndNothingElse(Role role) {
        Map<String, Boolean> found = new TreeMap<>();
        Map<String, Boolean> wanted = new TreeMap<>();
        for (Topic topic : Topics.all()) {
            found.put(topic.name(), isAllowed(() -> read(role, topic)));
            wanted.put(topic.name(), READS.get(role).contains(topic));
        }
        assertThat(found).isEqualTo(wanted);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteWhatItNeedsAndNothingElse(Role role) throws Exception {
        Map<String, Boolean> found = new TreeMap<>();
        Map<String, Boolean> wanted = new TreeMap<>();
        for (Topic topic : Topics.all()) {
            found.put(topic.name(), isAllowed(() -> write(security.clientSettings(role), topic)));
            wanted.put(topic.name(), WRITES.get(role).contains(topic));
        }
        assertThat(found).isEqualTo(wanted);
    }

    /** Every part sees how topics are made, to refuse a cluster that could lose records. */
    @ParameterizedTest
    @EnumSource
    void shouldSeeHowEveryTopicIsMade(Role role) throws Exception {
        try (Admin admin = admin(security.clientSettings(role))) {
            assertThat(get(admin.listTopics().names()))
                    .containsAll(Topics.all().stream().map(Topic::name).toList());
            for (Topic topic : Topics.all()) {
                assertThat(get(admin.describeConfigs(List.of(resource(topic))).all()))
                        .hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeleteAndChangeNothing(Role role) {
        List<String> allowed = new ArrayList<>();
        try (Admin admin = admin(security.clientSettings(role))) {
            for (Topic topic : Topics.all()) {
                TopicPartition partition = new TopicPartition(topic.name(), 0);
                note(allowed, "delete " + topic.name(), () -> admin.deleteTopics(List.of(topic.name()))
                        .all());
                note(allowed, "delete records of " + topic.name(), () -> admin.deleteRecords(
                                Map.of(partition, RecordsToDelete.beforeOffset(1)))
                        .all());
                note(allowed, "let records of " + topic.name() + " expire", () -> admin.incrementalAlterConfigs(Map.of(
                                resource(topic),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET))))
                        .all());
                note(allowed, "add partitions to " + topic.name(), () -> admin.createPartitions(
                                Map.of(topic.name(), NewPartitions.increaseTo(9)))
                        .all());
            }
            note(allowed, "make a topic", () -> admin.createTopics(
                            List.of(new NewTopic("votelog.votes.v2", 1, (short) 1)))
                    .all());
            note(allowed, "allow itself more", () -> admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                            new AccessControlEntry(
                                    "User:" + security.user(role).user(),
                                    "*",
                                    AclOperation.ALL,
                                    AclPermissionType.ALLOW))))
                    .all());
            note(allowed, "see who may do what", () -> admin.describeAcls(AclBindingFilter.ANY)
                    .values());
            note(allowed, "give somebody a password", () -> admin.alterUserScramCredentials(
                            List.of(new UserScramCredentialUpsertion(
                                    "administrator",
                                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                                    "guessed")))
                    .all());
            note(allowed, "see the users", () -> admin.describeUserScramCredentials()
                    .all());
            note(allowed, "change a broker", () -> admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.BROKER, "1"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("log.retention.ms", "1"), AlterConfigOp.OpType.SET))))
                    .all());
            note(allowed, "end the counting group", () -> admin.deleteConsumerGroups(List.of(APPLICATION))
                    .all());
        }
        assertThat(allowed).isEmpty();
    }

    /** The names by which brokers tell writers apart: whoever takes one fences the part that has it. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeNobodysTransactions(Role role) {
        Map<String, Boolean> found = new TreeMap<>();
        for (String id : List.of(Role.SEALER_TRANSACTIONAL_ID, APPLICATION + "-1-0", "another")) {
            found.put(id, isAllowed(() -> {
                try (KafkaProducer<byte[], byte[]> producer =
                        producer(security.clientSettings(role), Map.of("transactional.id", id))) {
                    producer.initTransactions();
                }
            }));
        }
        assertThat(found)
                .isEqualTo(new TreeMap<>(Map.of(
                        Role.SEALER_TRANSACTIONAL_ID,
                        role == Role.SEALER,
                        APPLICATION + "-1-0",
                        role == Role.STREAMS,
                        "another",
                        false)));
    }

    /** A stranger in the group would be given partitions, which nobody counted then. */
    @ParameterizedTest
    @EnumSource
    void shouldJoinTheCountingGroupAsTheCountAlone(Role role) {
        assertThat(joins(role, APPLICATION + "-joined-by-" + role, Topics.BALLOTS))
                .isEqualTo(role == Role.STREAMS);
    }

    /** A stranger in the group would be the one that is chosen to seal, and nobody sealed then. */
    @ParameterizedTest
    @EnumSource
    void shouldJoinTheSealersGroupAsASealerAlone(Role role) {
        assertThat(joins(role, Role.SEALERS_GROUP, Topics.SEALS)).isEqualTo(role == Role.SEALER);
    }

    private boolean joins(Role role, String group, Topic topic) {
        return isAllowed(() -> {
            Map<String, Object> settings = new HashMap<>(security.clientSettings(role));
            settings.put("group.id", group);
            try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
                consumer.subscribe(List.of(topic.name()));
                await().atMost(PATIENCE).until(() -> {
                    consumer.poll(Duration.ofMillis(100));
                    return !consumer.assignment().isEmpty();
                });
            }
        });
    }

    @Test
    void shouldMakeChangelogsAsTheCountAlone() {
        Map<Role, Boolean> found = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            found.put(role, isAllowed(() -> {
                try (Admin admin = admin(security.clientSettings(role))) {
                    get(admin.createTopics(List.of(new NewTopic(APPLICATION + "-" + role + "-changelog", 1, (short) 1)))
                            .all());
                }
            }));
        }
        assertThat(found)
                .isEqualTo(new EnumMap<>(
                        Map.of(Role.GATEWAY, false, Role.STREAMS, true, Role.SEALER, false, Role.AUDITOR, false)));
    }

    @Test
    void shouldRefuseWhoHasNoPassword() {
        Credentials guess = new Credentials(security.user(Role.GATEWAY).user(), "guessed");
        Credentials nobody = new Credentials("nobody", "guessed");
        for (Credentials user : List.of(guess, nobody)) {
            assertThatThrownBy(() -> {
                        try (Admin admin = admin(BrokerSecurity.clientSettings(security.authority(), user))) {
                            get(admin.listTopics().names());
                        }
                    })
                    .hasRootCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    /** Bytes without TLS are answered by the end of the connection, and nothing else. */
    @Test
    void shouldSpeakNothingButTls() throws IOException {
        byte[] apiVersions = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, (byte) 0xff, (byte) 0xff};
        for (int port : new int[] {cluster.port(1), cluster.controllerPort()}) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.getOutputStream().write(apiVersions);
                byte[] answer = socket.getInputStream().readAllBytes();
                // A TLS alert, or nothing.
                assertThat(answer.length == 0 || answer[0] == 21)
                        .as("answer of port " + port)
                        .isTrue();
            }
        }
    }

    /** A password is changed without a moment in which neither is good: by a second user for the same part. */
    @Test
    void shouldKnowTwoUsersOfAPartUntilTheOlderIsForgotten() throws Exception {
        Credentials before = new Credentials("gateway-before", "a-password");
        Credentials after = new Credentials("gateway-after", "another-one");
        setup.allow(before, Role.GATEWAY, APPLICATION);
        assertThatCode(() -> write(settings(before), Topics.VOTES)).doesNotThrowAnyException();

        setup.allow(after, Role.GATEWAY, APPLICATION);
        assertThatCode(() -> write(settings(before), Topics.VOTES)).doesNotThrowAnyException();
        assertThatCode(() -> write(settings(after), Topics.VOTES)).doesNotThrowAnyException();

        setup.forget(before);
        assertThatCode(() -> write(settings(after), Topics.VOTES)).doesNotThrowAnyException();
        await().atMost(PATIENCE).untilAsserted(() -> assertThatThrownBy(() -> write(settings(before), Topics.VOTES))
                .isInstanceOf(SaslAuthenticationException.class));
        try (Admin admin = admin(security.administratorSettings())) {
            assertThat(get(admin.describeAcls(AclBindingFilter.ANY).values()))
                    .noneMatch(acl -> acl.entry().principal().equals("User:gateway-before"))
                    .anyMatch(acl -> acl.entry().principal().equals("User:gateway-after"));
        }
    }

    /** It was set up once, when the broker was started. */
    @Test
    void shouldChangeNothingWhereItIsSetUpAgain() throws Exception {
        try (Admin admin = admin(security.administratorSettings())) {
            var rights = Set.copyOf(get(admin.describeAcls(AclBindingFilter.ANY).values()));
            setup.apply(Topics.all(), 2, APPLICATION);
            assertThat(Set.copyOf(get(admin.describeAcls(AclBindingFilter.ANY).values())))
                    .containsAll(rights)
                    .hasSameSizeAs(rights);
        }
        for (Role role : Role.values()) {
            assertThat(SystemSecurity.in(folder.resolve("security")).clientSettings(role))
                    .isEqualTo(security.clientSettings(role));
        }
    }

    @Test
    void shouldKeepItsFilesFromOthers() throws IOException {
        Path brokersSettings = folder.resolve("kafka/broker-1/server.properties");
        try (Stream<Path> files = Files.walk(folder.resolve("security"))) {
            for (Path file : Stream.concat(files, Stream.of(brokersSettings)).toList()) {
                String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(permissions)
                        .as(file.toString())
                        .matches(Files.isDirectory(file) ? "rwx------" : "rw-------");
            }
        }
    }

    private static Map<String, Object> settings(Credentials user) {
        return new HashMap<>(BrokerSecurity.clientSettings(security.authority(), user));
    }

    private static void read(Role role, Topic topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(new HashMap<>(security.clientSettings(role)))) {
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
        }
    }

    private static void write(Map<String, ?> user, Topic topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(user, Map.of())) {
            producer.send(new ProducerRecord<>(topic.name(), 0, RECORD, RECORD)).get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, ?> user, Map<String, ?> more) {
        Map<String, Object> settings = client(user);
        settings.put("max.block.ms", 10_000);
        settings.put("enable.metrics.push", false);
        settings.putAll(more);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> user) {
        Map<String, Object> settings = client(user);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.metrics.push", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Admin admin(Map<String, ?> user) {
        Map<String, Object> settings = client(user);
        settings.put("default.api.timeout.ms", 15_000);
        settings.put("request.timeout.ms", 10_000);
        return Admin.create(settings);
    }

    private static Map<String, Object> client(Map<String, ?> user) {
        Map<String, Object> settings = new HashMap<>(user);
        settings.put("bootstrap.servers", cluster.bootstrapServers());
        return settings;
    }

    private static ConfigResource resource(Topic topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    }

    private static void note(List<String> allowed, String what, Question question) {
        if (isAllowed(() -> get(question.ask()))) {
            allowed.add(what);
        }
    }

    private interface Question {
        KafkaFuture<?> ask();
    }

    private interface Attempt {
        void make() throws Exception;
    }

    /** Any other failure than a refusal is none of this test's, and fails it. */
    private static boolean isAllowed(Attempt attempt) {
        try {
            attempt.make();
            return true;
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof AuthorizationException) {
                    return false;
                }
            }
            throw new AssertionError(e);
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
