// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.testing.KafkaBroker;
import io.votelog.infra.testing.WithKafka;
import io.votelog.producer.ballots.VotePartitions;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A start that stops says in two lines what is wrong and what would be right. */
@WithKafka(freshTopics = true)
@ExtendWith(OutputCaptureExtension.class)
class StartIT {
    /** Nobody listens at this address: the settings must be refused before a broker is asked for anything. */
    private static final String NO_BROKER = "127.0.0.1:1";

    @ParameterizedTest
    @CsvSource({
        "--votelog.pepper=, votelog.pepper: not set, at least 32 random bytes",
        "--votelog.pepper=c2hvcnQ=, votelog.pepper: (not shown) it has 5 bytes, at least 32 random bytes",
        "--votelog.log.private-key=, votelog.log.private-key: not set, PKCS #8",
        "--votelog.log.private-key=AAAA, votelog.log.private-key: (not shown), PKCS #8",
        "--votelog.log.public-keys=AAAA, votelog.log.public-keys: 'AAAA' is no public key, 32 raw bytes",
        "--votelog.auth.hs256-secret=, votelog.auth: neither jwk-set-uri nor hs256-secret is set, issuer and audience",
        "--votelog.auth.hs256-secret=short, votelog.auth.hs256-secret: (not shown) 5 bytes, at least 32 bytes",
        "--votelog.auth.jwk-set-uri=http://127.0.0.1/keys, votelog.auth.issuer: not set, jwk-set-uri",
        "--votelog.auth.jwk-set-uri=file:/keys, votelog.auth.jwk-set-uri: file:/keys, http or https",
        "--votelog.public-urls.streams=results, votelog.public-urls.streams: results, http or https",
        "--votelog.topics.replicas=0, votelog.topics.replicas: 0, 1 to 9",
        "--votelog.topics.partitions=0, votelog.topics.partitions, must be greater than or equal to 1",
        "--votelog.limits.trusted-proxies=proxy.example, votelog.limits.trusted-proxies: 'proxy.example' is no address, 10.0.0.0/8",
        "--votelog.hsts.max-age=-1s, votelog.hsts.max-age: PT-1S, 0s to take it back",
        "--votelog.dev.tokens=true, votelog.dev.tokens: true, on this machine",
        "--votelog.max-connections=0, votelog.maxConnections, must be greater than or equal to 1",
        "--votelog.max-votes-under-way=0, votelog.maxVotesUnderWay, must be greater than or equal to 1",
        "--votelog.publish-timeout=soon, votelog.publish-timeout, soon"
    })
    void shouldRefuseABadSetting(String setting, String wrong, String right, CapturedOutput output) {
        assertThatThrownBy(() -> Gateway.start(NO_BROKER, setting)).isInstanceOf(Exception.class);
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START");
        String said = output.getAll().substring(output.getAll().indexOf("APPLICATION FAILED TO START"));
        assertThat(said).containsIgnoringCase(wrong).contains(right).doesNotContain("\tat ");
    }

    @Test
    void shouldRefuseAProviderWhoseTokensAreNotTrusted(CapturedOutput output) {
        assertThatThrownBy(() -> Gateway.start(
                        NO_BROKER,
                        "--votelog.auth.issuer=https://login.example",
                        "--votelog.sign-in.issuer=https://other.example",
                        "--votelog.sign-in.client-id=page"))
                .isInstanceOf(Exception.class);
        assertThat(output.getAll())
                .contains("votelog.sign-in.issuer: https://other.example", "the same as votelog.auth.issuer");
    }

    /** A gateway that lets anyone vote as anyone must not serve others than its developer. */
    @ParameterizedTest
    @CsvSource({
        "votelog.public-urls.streams, https://results.example",
        "votelog.public-urls.producer, http://127.0.0.1.example:8080",
        "votelog.public-urls.producer, http://10.0.0.1:8080",
        "votelog.auth.issuer, https://login.example",
        "votelog.auth.issuer, HTTPS://login.example",
        "votelog.auth.issuer, accounts.login.example",
        "votelog.auth.issuer, https://localhost:x@login.example",
        "server.address, 0.0.0.0",
        "server.address, 192.0.2.1",
        "votelog.sign-in.issuer, https://login.example",
        "votelog.auth.jwk-set-uri, https://login.example/keys",
        "votelog.cors.allowed-origins, *",
        "votelog.cors.allowed-origins, https://page.example"
    })
    void shouldRefuseDevelopmentTokensInPublic(String key, String value, CapturedOutput output) {
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "votelog.dev.tokens", "true",
                "votelog.public-urls.producer", "http://localhost:8080",
                "votelog.public-urls.streams", "http://[::1]:8081",
                "votelog.auth.issuer", "the-developer",
                "votelog.auth.audience", "votelog",
                "votelog.sign-in.client-id", key.startsWith("votelog.sign-in") ? "page" : ""));
        if (key.startsWith("votelog.sign-in")) {
            settings.remove("votelog.auth.issuer");
        }
        settings.put(key, value);
        assertThatThrownBy(() -> Gateway.start(
                        NO_BROKER,
                        settings.entrySet().stream()
                                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                                .toArray(String[]::new)))
                .isInstanceOf(Exception.class);
        assertThat(output.getAll())
                .contains(
                        "votelog.dev.tokens: true, while " + key + " is " + value,
                        "such tokens let anyone vote as any user");
    }

    @Test
    void shouldRefuseAPrivateKeyWithoutItsPublicKey(CapturedOutput output) {
        String other = LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic());
        assertThatThrownBy(() -> Gateway.start(NO_BROKER, "--votelog.log.public-keys=" + other))
                .isInstanceOf(Exception.class);
        assertThat(output.getAll()).contains("none of the public keys is its pair");
        assertThat(output.getAll()).doesNotContain(Gateway.PRIVATE_KEY);
    }

    /** If clients set the timestamps, they would choose whether a vote is within the window. */
    @Test
    void shouldRefuseAVotesTopicThatBreaksItsPromises(KafkaBroker broker, CapturedOutput output) throws Exception {
        Map<String, Object> config = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(new NewTopic(Topics.VOTES.name(), Optional.of(3), Optional.empty())
                            .configs(Map.of("cleanup.policy", "delete", "retention.ms", "-1"))))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            assertThatThrownBy(() -> Gateway.start(broker.bootstrapServers())).isInstanceOf(Exception.class);
            assertThat(output.getAll())
                    .contains("topic votelog.votes.v1 has message.timestamp.type=CreateTime; expected: LogAppendTime");

            // Once that is mended the gateway starts, and keeps the existing partitions.
            admin.deleteTopics(List.of(Topics.VOTES.name())).all().get(10, TimeUnit.SECONDS);
        }
        try (Gateway gateway = Gateway.start(broker.bootstrapServers(), "--votelog.topics.partitions=6")) {
            assertThat(gateway.part(VotePartitions.class).ofNewBallots()).isEqualTo(6);
        }
        try (Gateway gateway = Gateway.start(broker.bootstrapServers(), "--votelog.topics.partitions=2")) {
            assertThat(gateway.part(VotePartitions.class).ofNewBallots()).isEqualTo(6);
        }
    }

    /**
     * A log that was begun before brokers unpacked batches is changed to do so; one for which somebody chose otherwise is not.
     */
    @Test
    void shouldHaveBatchesUnpackedThatComeIntoAnOlderLog(KafkaBroker broker, CapturedOutput output) throws Exception {
        broker.deleteTopics();
        Map<String, Object> config = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name());
        Gateway.start(broker.bootstrapServers()).close();
        try (Admin admin = Admin.create(config)) {
            alter(admin, votes, "compression.type", AlterConfigOp.OpType.DELETE, "");
            Gateway.start(broker.bootstrapServers()).close();
            assertThat(admin.describeConfigs(List.of(votes))
                            .all()
                            .get(10, TimeUnit.SECONDS)
                            .get(votes)
                            .get("compression.type")
                            .value())
                    .isEqualTo("uncompressed");

            alter(admin, votes, "compression.type", AlterConfigOp.OpType.SET, "zstd");
            assertThatThrownBy(() -> Gateway.start(broker.bootstrapServers())).isInstanceOf(Exception.class);
            assertThat(output.getAll())
                    .contains("topic votelog.votes.v1 has compression.type=zstd; expected: uncompressed")
                    .contains("kafka-configs --bootstrap-server " + broker.bootstrapServers()
                            + " --alter --entity-type topics --entity-name votelog.votes.v1 --add-config"
                            + " compression.type=uncompressed");
            alter(admin, votes, "compression.type", AlterConfigOp.OpType.SET, "uncompressed");
        }
        Gateway.start(broker.bootstrapServers()).close();
    }

    /** Whoever asks for votes to be on the disk before they are acknowledged gets that, or a start that stops. */
    @Test
    void shouldNotStartWithoutTheFlushThatIsAskedFor(KafkaBroker broker, CapturedOutput output) throws Exception {
        broker.deleteTopics();
        String flush = "--votelog.topics.flush=true";
        ConfigResource votes = new ConfigResource(ConfigResource.Type.TOPIC, Topics.VOTES.name());
        ConfigResource decisions = new ConfigResource(ConfigResource.Type.TOPIC, Topics.DECISIONS.name());
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
            Gateway.start(broker.bootstrapServers(), flush).close();
            Map<ConfigResource, Config> found =
                    admin.describeConfigs(List.of(votes, decisions)).all().get(10, TimeUnit.SECONDS);
            assertThat(found.get(votes).get("flush.messages").value()).isEqualTo("1");
            assertThat(found.get(decisions).get("flush.messages").value()).isNotEqualTo("1");

            alter(admin, votes, "flush.messages", AlterConfigOp.OpType.DELETE, "");
            assertThatThrownBy(() -> Gateway.start(broker.bootstrapServers(), flush))
                    .isInstanceOf(Exception.class);
            assertThat(output.getAll())
                    .contains("topic votelog.votes.v1 has flush.messages=9223372036854775807; expected: 1")
                    .contains("--add-config flush.messages=1");
            Gateway.start(broker.bootstrapServers()).close();
        }
    }

    private static void alter(
            Admin admin, ConfigResource topic, String setting, AlterConfigOp.OpType what, String value)
            throws Exception {
        admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry(setting, value), what))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }
}
