// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import io.strimzi.api.kafka.model.kafka.KafkaClusterSpec;
import io.strimzi.api.kafka.model.kafka.listener.GenericKafkaListener;
import io.votelog.infra.broker.BrokerSettings;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.DeclaredCluster;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** The brokers and their topics: as the code asks for them, with nothing left to whoever starts first. */
final class KafkaRules {
    private static final int REPLICAS = 3;

    /** What suits a small machine alone; Kafka's defaults hold. */
    private static final Set<String> OF_SMALL_MACHINES = Set.of(
            "offsets.topic.num.partitions",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.num.partitions",
            "group.initial.rebalance.delay.ms",
            "broker.session.timeout.ms",
            "broker.heartbeat.interval.ms",
            "num.network.threads",
            "num.io.threads",
            "background.threads",
            "log.cleaner.dedupe.buffer.size");

    private KafkaRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        brokers(manifests, findings);
        pools(manifests, findings);
        topics(manifests, findings);
        return findings.lines();
    }

    private static Tree kafka(Manifests manifests) {
        return manifests.named("Kafka", "votelog").at("spec", "kafka");
    }

    private static int brokerCount(Manifests manifests) {
        return manifests.ofKind("KafkaNodePool").stream()
                .filter(pool -> pool.at("spec", "roles").texts().contains("broker"))
                .mapToInt(pool -> pool.at("spec", "replicas").number())
                .sum();
    }

    /** How many partitions the apps would make votes with. */
    static int votePartitions(Manifests manifests) {
        String said = manifests
                .named("ConfigMap", "votelog-site")
                .at("data", "VOTELOG_TOPICS_PARTITIONS")
                .text();
        return said.matches("[0-9]{1,4}") ? Integer.parseInt(said) : -1;
    }

    private static void brokers(Manifests manifests, Findings findings) {
        Map<String, String> config = kafka(manifests).at("config").scalars();
        Map<String, String> expected = new TreeMap<>(BrokerSettings.forBrokers(REPLICAS));
        findings.unless(
                expected.keySet().containsAll(OF_SMALL_MACHINES),
                "the settings of small machines are not those that the code has: %s",
                OF_SMALL_MACHINES);
        expected.keySet().removeAll(OF_SMALL_MACHINES);
        expected.put("delete.topic.enable", "false");
        expected.put("unclean.leader.election.enable", "false");
        findings.sameEntries("config of Kafka", expected, config);
        config.keySet().stream()
                .filter(KafkaRules::isForbidden)
                .forEach(key -> findings.add("Strimzi does not take %s from the config of Kafka", key));
        List<Tree> listeners = kafka(manifests).at("listeners").items();
        findings.equal("the number of listeners", 1, listeners.size());
        for (Tree listener : listeners) {
            findings.equal(
                    listener.where() + ": tls", "true", listener.at("tls").text());
            findings.equal(
                    listener.where() + ": authentication",
                    "scram-sha-512",
                    listener.at("authentication", "type").text());
            findings.unless(
                    listener.at("name").text().matches(GenericKafkaListener.LISTENER_NAME_REGEX),
                    "the listener's name is %s, which Strimzi does not take",
                    listener.at("name").text());
            findings.unless(
                    !listener.at("networkPolicyPeers").items().isEmpty(),
                    "%s takes connections from everywhere",
                    listener.where());
            findings.equal(
                    "where the apps look for Kafka",
                    "votelog-kafka-bootstrap:" + listener.at("port").text(),
                    Part.GATEWAY
                            .settings(manifests)
                            .at("spring", "kafka", "bootstrap-servers")
                            .text());
        }
        findings.equal(
                "authorization of Kafka",
                "simple",
                kafka(manifests).at("authorization", "type").text());
        findings.unless(kafka(manifests).at("authorization", "superUsers").missing(), "Kafka has super users");
    }

    private static boolean isForbidden(String key) {
        return Stream.of(KafkaClusterSpec.FORBIDDEN_PREFIXES.split(", ")).anyMatch(key::startsWith)
                && Stream.of(KafkaClusterSpec.FORBIDDEN_PREFIX_EXCEPTIONS.split(", "))
                        .noneMatch(key::equals);
    }

    private static void pools(Manifests manifests, Findings findings) {
        for (Tree pool : manifests.ofKind("KafkaNodePool")) {
            findings.equal(
                    pool.where() + ": cluster",
                    "votelog",
                    pool.at("metadata", "labels", "strimzi.io/cluster").text());
            findings.equal(
                    pool.where() + ": replicas",
                    REPLICAS,
                    pool.at("spec", "replicas").number());
            findings.equal(
                    pool.where() + ": number of roles",
                    1,
                    pool.at("spec", "roles").items().size());
            for (Tree volume : pool.at("spec", "storage", "volumes").items()) {
                findings.equal(
                        volume.where() + ": type",
                        "persistent-claim",
                        volume.at("type").text());
                findings.equal(
                        volume.where() + ": deleteClaim",
                        "false",
                        volume.at("deleteClaim").text());
            }
            findings.unless(
                    !pool.at("spec", "storage", "volumes").items().isEmpty(), "%s has no volumes", pool.where());
        }
        findings.equal("brokers", REPLICAS, brokerCount(manifests));
        findings.equal("node pools", 2, manifests.ofKind("KafkaNodePool").size());
    }

    private static void topics(Manifests manifests, Findings findings) {
        int partitions = votePartitions(manifests);
        int brokers = brokerCount(manifests);
        if (partitions < 1 || brokers < 1) {
            findings.add("there are %d partitions and %d brokers", partitions, brokers);
            return;
        }
        Map<String, NewTopic> expected = new TreeMap<>();
        Topics.all().forEach(topic -> expected.put(topic.name(), topic.newTopic(partitions, REPLICAS)));
        NewTopic clocks = ClusterCheck.topicOfClocks(brokers);
        expected.put(clocks.name(), clocks);
        findings.sameMembers("topics", expected.keySet(), manifests.namesOf("KafkaTopic"));
        DeclaredCluster cluster = new DeclaredCluster(brokers, transactionVersion(manifests));
        for (Tree topic : manifests.ofKind("KafkaTopic")) {
            NewTopic made = expected.get(topic.name());
            if (made == null) {
                continue;
            }
            Map<String, String> config = topic.at("spec", "config").scalars();
            findings.sameEntries("config of " + topic.name(), made.configs(), config);
            findings.equal(
                    "partitions of " + topic.name(),
                    made.numPartitions(),
                    topic.at("spec", "partitions").number());
            findings.equal(
                    "replicas of " + topic.name(),
                    (int) made.replicationFactor(),
                    topic.at("spec", "replicas").number());
            findings.unless(topic.at("spec", "topicName").missing(), "%s is called otherwise in Kafka", topic.name());
            findings.equal(
                    topic.where() + ": cluster",
                    "votelog",
                    topic.at("metadata", "labels", "strimzi.io/cluster").text());
            Map<String, String> holding =
                    new TreeMap<>(kafka(manifests).at("config").scalars());
            holding.putAll(config);
            cluster.topic(
                    topic.name(),
                    topic.at("spec", "partitions").number(),
                    topic.at("spec", "replicas").number(),
                    holding);
        }
        for (String own : DeclaredCluster.kafkasOwn()) {
            String setting = own.equals("__transaction_state")
                    ? "transaction.state.log.replication.factor"
                    : "offsets.topic.replication.factor";
            String replicas = kafka(manifests).at("config", setting).text();
            cluster.topic(own, 50, replicas.matches("[0-9]") ? Integer.parseInt(replicas) : 0, Map.of());
        }
        cluster.findings().forEach(found -> findings.add("the apps would say: %s", found));
    }

    /** The level of the feature that a cluster has which is formatted at the declared metadata version. */
    private static int transactionVersion(Manifests manifests) {
        String version = kafka(manifests).at("metadataVersion").text();
        try {
            return Feature.TRANSACTION_VERSION.defaultLevel(MetadataVersion.fromVersionString(version, true));
        } catch (IllegalArgumentException unknown) {
            return 0;
        }
    }
}
