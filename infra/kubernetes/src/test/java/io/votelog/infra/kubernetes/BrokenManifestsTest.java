// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A value of the files is changed, one at a time, and the rules say which. */
class BrokenManifestsTest {
    private static final Manifests PRODUCTION = Kustomization.of(Place.PRODUCTION);
    private static final Object POD = List.of("spec", "template", "spec");
    private static final Object CONTAINER = List.of("spec", "template", "spec", "containers", 0);

    /**
     * A change of one value.
     *
     * @param value in its place; null where it is taken away
     * @param said what one of the findings must contain
     */
    private record Change(String kind, String name, List<Object> path, @Nullable Object value, String said) {
        @Override
        public String toString() {
            return "%s %s: %s is %s".formatted(kind, name, path, value == null ? "not there" : value);
        }
    }

    static Stream<Change> changes() {
        List<Change> all = new ArrayList<>();
        // The form.
        all.add(change("Deployment", "votelog-gateway", path("spec", "replica"), 3, "replica\""));
        all.add(change("Deployment", "votelog-gateway", path("spec", "revisionHistoryLimit"), "five", "Integer"));
        all.add(change("Deployment", "votelog-gateway", path(CONTAINER, "env", 0, "value"), 8080, "String"));
        all.add(change(
                "StatefulSet", "votelog-streams", path(CONTAINER, "livenessProbe", "httpGet", "pathe"), "/", "pathe"));
        all.add(change("Service", "votelog-gateway", path("spec", "ports", 0, "port"), "8080", "Integer"));
        all.add(change("ConfigMap", "votelog-site", path("data", "VOTELOG_TOPICS_REPLICAS"), 3, "String"));
        all.add(change("NetworkPolicy", "votelog-dns", path("spec", "egres"), List.of(), "egres"));
        all.add(change(
                "Ingress", "votelog", path("spec", "rules", 0, "http", "paths", 0, "backends"), "x", "backends"));
        all.add(change("HorizontalPodAutoscaler", "votelog-gateway", path("spec", "maxReplica"), 3, "maxReplica\""));
        all.add(change(
                "PodDisruptionBudget", "votelog-gateway", path("spec", "maxUnavailable"), path("1"), "IntOrString"));
        all.add(change(
                "PodMonitor",
                "votelog-gateway",
                path("spec", "podMetricsEndpoints", 0, "intervall"),
                "15s",
                "intervall"));
        all.add(change("CronJob", "votelog-audit", path("spec", "suspended"), true, "suspended"));
        all.add(change("Kafka", "votelog", path("spec", "kafka", "listener"), List.of(), "listener\""));
        all.add(change("Kafka", "votelog", path("spec", "kafka", "authorization", "type"), "open", "open"));
        all.add(change("Kafka", "votelog", path("spec", "zookeeper"), Map.of("replicas", 3), "zookeeper"));
        all.add(change("Kafka", "votelog", path("spec", "kafka", "replicas"), 3, "replicas\""));
        all.add(change("Kafka", "votelog", path("apiVersion"), "kafka.strimzi.io/v1beta2", "v1beta2"));
        all.add(change("KafkaNodePool", "brokers", path("spec", "storage", "type"), "disk", "disk"));
        all.add(change("KafkaTopic", "votelog.votes.v1", path("spec", "partitions"), "twelve", "Integer"));
        all.add(change(
                "KafkaUser",
                "votelog-sealer",
                path("spec", "authorization", "acls", 0, "operation"),
                "Read",
                "operation\""));
        all.add(change(
                "KafkaUser",
                "votelog-sealer",
                path("spec", "authorization", "acls", 0, "operations"),
                path("Reed"),
                "Reed"));
        // Brokers and topics.
        String config = "config of votelog.votes.v1";
        all.add(change("KafkaTopic", "votelog.votes.v1", path("spec", "config", "retention.ms"), 604800000, config));
        all.add(change("KafkaTopic", "votelog.votes.v1", path("spec", "config", "compression.type"), null, config));
        all.add(change(
                "KafkaTopic", "votelog.votes.v1", path("spec", "config", "flush.ms"), 1, config + " has flush.ms"));
        all.add(change(
                "KafkaTopic", "votelog.votes.v1", path("spec", "partitions"), 13, "partitions of votelog.votes.v1"));
        all.add(change(
                "KafkaTopic", "votelog.ballots.v1", path("spec", "partitions"), 2, "its records have one order"));
        all.add(change(
                "KafkaTopic", "votelog.tallies.v1", path("spec", "replicas"), 2, "replicas of votelog.tallies.v1"));
        all.add(change("KafkaTopic", "votelog.clocks.v1", path("spec", "config", "segment.bytes"), 1, "segment.bytes"));
        all.add(change("KafkaTopic", "votelog.seals.v1", path(), null, "topics: votelog.seals.v1 is not there"));
        all.add(change(
                "KafkaTopic",
                "votelog.seals.v1",
                path("metadata", "name"),
                "votelog.seals.v2",
                "votelog.seals.v2 is there"));
        all.add(change(
                "Kafka", "votelog", path("spec", "kafka", "config", "min.insync.replicas"), 1, "min.insync.replicas"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "config", "unclean.leader.election.enable"),
                true,
                "may become leader"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "config", "auto.create.topics.enable"),
                null,
                "auto.create.topics.enable"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "config", "ssl.client.auth"),
                "none",
                "does not take ssl.client.auth"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "config", "transaction.state.log.replication.factor"),
                1,
                "__transaction_state has 1 replica"));
        all.add(change(
                "Kafka", "votelog", path("spec", "kafka", "metadataVersion"), "3.9-IV0", "transaction.version is 0"));
        all.add(change("Kafka", "votelog", path("spec", "kafka", "listeners", 0, "tls"), false, "tls is false"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "listeners", 0, "port"),
                9094,
                "where the apps look for Kafka"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "listeners", 0, "authentication", "type"),
                "tls",
                "authentication is tls"));
        all.add(change(
                "Kafka",
                "votelog",
                path("spec", "kafka", "listeners", 0, "networkPolicyPeers"),
                null,
                "from everywhere"));
        all.add(change("Kafka", "votelog", path("spec", "kafka", "authorization"), null, "authorization of Kafka"));
        all.add(change("KafkaNodePool", "brokers", path("spec", "replicas"), 2, "replicas is 2"));
        all.add(change(
                "KafkaNodePool", "brokers", path("spec", "storage", "volumes", 0, "deleteClaim"), true, "deleteClaim"));
        // Users.
        all.add(change(
                "KafkaUser",
                "votelog-gateway",
                path("spec", "authorization", "acls", 0, "operations"),
                path("Read", "Write", "Describe", "DescribeConfigs"),
                "Read votelog.votes.v1 (literal) topic is there"));
        all.add(change(
                "KafkaUser",
                "votelog-gateway",
                path("spec", "authorization", "acls", 0, "operations"),
                path("Write", "Describe"),
                "DescribeConfigs votelog.votes.v1 (literal) topic is not there"));
        all.add(change(
                "KafkaUser",
                "votelog-streams",
                path("spec", "authorization", "acls", 11, "resource", "name"),
                "votelog-",
                "(prefix) topic is there"));
        all.add(change(
                "KafkaUser",
                "votelog-streams",
                path("spec", "authorization", "acls", 12, "resource", "patternType"),
                "literal",
                "(prefix) group is not there"));
        all.add(change(
                "KafkaUser",
                "votelog-auditor",
                path("spec", "authorization", "acls", 0, "type"),
                "deny",
                "does not allow"));
        all.add(change("KafkaUser", "votelog-auditor", path(), null, "users: votelog-auditor is not there"));
        all.add(change(
                "KafkaUser", "votelog-sealer", path("spec", "authentication", "type"), "tls", "authentication is tls"));
        // Pods.
        all.add(change(
                "Deployment", "votelog-gateway", path(POD, "securityContext", "runAsNonRoot"), null, "runAsNonRoot"));
        all.add(change("Deployment", "votelog-gateway", path(POD, "securityContext", "runAsUser"), 0, "runAsUser"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(POD, "securityContext", "seccompProfile"),
                null,
                "seccompProfile"));
        all.add(change("Deployment", "votelog-gateway", path(POD, "enableServiceLinks"), null, "enableServiceLinks"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(POD, "automountServiceAccountToken"),
                true,
                "automountServiceAccountToken"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(CONTAINER, "securityContext", "readOnlyRootFilesystem"),
                false,
                "readOnlyRootFilesystem"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(CONTAINER, "securityContext", "capabilities", "drop"),
                path("NET_RAW"),
                "dropped capabilities"));
        all.add(change("StatefulSet", "votelog-sealer", path("spec", "replicas"), 2, "the number of sealers"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(POD, "terminationGracePeriodSeconds"),
                30,
                "votelog-sealer is given 30 s"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(POD, "terminationGracePeriodSeconds"),
                29,
                "votelog-streams is given 29 s"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(POD, "terminationGracePeriodSeconds"),
                null,
                "votelog-gateway is given"));
        all.add(change(
                "Deployment", "votelog-gateway", path(CONTAINER, "lifecycle"), null, "while proxies still send"));
        all.add(change(
                "Deployment", "votelog-gateway", path(CONTAINER, "resources", "limits"), null, "no bound for memory"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(CONTAINER, "image"),
                "votelog/gateway:1",
                "image is votelog/gateway"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(CONTAINER, "ports", 1, "containerPort"),
                9090,
                "ports of votelog-gateway: management"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(CONTAINER, "readinessProbe", "httpGet", "path"),
                "/health",
                "readinessProbe asks /health"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(CONTAINER, "livenessProbe", "httpGet", "path"),
                "/actuator/health/readiness",
                "livenessProbe asks"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(CONTAINER, "livenessProbe", "httpGet", "port"),
                "http",
                "asks the port is http"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(CONTAINER, "startupProbe", "failureThreshold"),
                6,
                "to start, and waits"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(CONTAINER, "volumeMounts", 1, "mountPath"),
                "/var/lib/streams",
                "mounted at"));
        all.add(change("StatefulSet", "votelog-streams", path(CONTAINER, "volumeMounts", 0), null, "no folder /tmp"));
        all.add(change("StatefulSet", "votelog-streams", path("spec", "volumeClaimTemplates"), null, "keeps state"));
        // Settings.
        all.add(change(
                "ConfigMap",
                "votelog-site",
                path("data", "VOTELOG_TOPICS_PARTITION"),
                "12",
                "VOTELOG_TOPICS_PARTITION gives"));
        all.add(change(
                "ConfigMap",
                "votelog-site",
                path("data", "VOTELOG_TOPICS_PARTITIONS"),
                "8",
                "partitions of votelog.votes.v1"));
        all.add(change(
                "ConfigMap",
                "votelog-site",
                path("data", "VOTELOG_LIMITS_TRUSTED_PROXIES"),
                null,
                "is not told votelog.limits.trusted-proxies"));
        all.add(change(
                "ConfigMap",
                "votelog-site",
                path("data", "VOTELOG_PUBLIC_URLS_STREAMS"),
                "https://results.example",
                "VOTELOG_PUBLIC_URLS_STREAMS"));
        all.add(change(
                "ConfigMap",
                "votelog-gateway-site",
                path("data", "VOTELOG_AUTH_AUDIENCE"),
                null,
                "is not told votelog.auth.audience"));
        all.add(file(
                "votelog-gateway", "protocol: SASL_SSL", "protocol: SASL_PLAINTEXT", "spring.kafka.security.protocol"));
        all.add(file(
                "votelog-gateway",
                "trust-store-type: PEM",
                "trust-store-kind: PEM",
                "has no setting spring.kafka.ssl.trust-store-kind"));
        all.add(file("votelog-gateway", "votelog-kafka-bootstrap:9093", "kafka:9093", "where the apps look for Kafka"));
        all.add(file(
                "votelog-gateway",
                "configtree:/etc/votelog/secrets/",
                "configtree:/etc/votelog/secret/",
                "is not told votelog.pepper"));
        all.add(file(
                "votelog-streams", "state-dir:", "state-directory:", "has no setting votelog.streams.state-directory"));
        all.add(file("votelog-streams", "/var/lib/votelog/streams", "/tmp/streams", "is on no volume that stays"));
        all.add(file(
                "votelog-streams",
                "application-id: votelog-streams",
                "application-id: count",
                "rights of votelog-streams"));
        all.add(file("votelog-streams", "threads: 2", "threads: 3", "there may be 6 instances"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(CONTAINER, "env", 1, "value"),
                "$(POD_NAME).votelog-streams:8081",
                "where instances reach each other"));
        all.add(change(
                "StatefulSet", "votelog-sealer", path(CONTAINER, "args", 10), "count", "votelog-sealer: --group"));
        // What names something else.
        all.add(change(
                "Service",
                "votelog-gateway",
                path("spec", "selector", "app.kubernetes.io/name"),
                "gateway",
                "Service votelog-gateway selects no pod"));
        all.add(change("Service", "votelog-gateway", path("spec", "ports", 0, "targetPort"), "web", "leads to"));
        all.add(change("Service", "votelog-streams-peers", path("spec", "clusterIP"), null, "clusterIP"));
        all.add(change(
                "PodDisruptionBudget",
                "votelog-streams",
                path("spec", "selector", "matchLabels", "app.kubernetes.io/name"),
                "streams",
                "PodDisruptionBudget votelog-streams selects no pod"));
        all.add(change("PodDisruptionBudget", "votelog-streams", path(), null, "may be evicted all at once"));
        all.add(change(
                "PodMonitor",
                "votelog-streams",
                path("spec", "podMetricsEndpoints", 0, "port"),
                "metrics",
                "PodMonitor votelog-streams: port"));
        all.add(change(
                "PodMonitor",
                "votelog-streams",
                path("spec", "podMetricsEndpoints", 0, "path"),
                "/metrics",
                "PodMonitor votelog-streams: path"));
        all.add(change("PodMonitor", "votelog-streams", path(), null, "pod monitors: votelog-streams is not there"));
        all.add(change(
                "Kafka", "votelog", path("spec", "kafka", "metricsConfig"), null, "asks Kafka, which has no metrics"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path("spec", "selector", "matchLabels", "app.kubernetes.io/name"),
                "gateway",
                "does not select its own pods"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(POD, "topologySpreadConstraints", 0, "labelSelector", "matchLabels", "app.kubernetes.io/name"),
                "x",
                "does not select the pods that it spreads"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(POD, "volumes", 2, "secret", "secretName"),
                "gateway-secrets",
                "Secret gateway-secrets is used, and nobody makes it"));
        all.add(change(
                "Deployment",
                "votelog-gateway",
                path(POD, "volumes", 4, "secret", "items", 0, "key"),
                "jaas",
                "Secret votelog-gateway has no key jaas"));
        all.add(change(
                "StatefulSet",
                "votelog-streams",
                path(POD, "volumes", 3, "secret", "secretName"),
                "votelog-gateway",
                "user of Kafka"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(CONTAINER, "args", 8),
                "/etc/votelog/sealing-key/key",
                "which is not mounted"));
        all.add(change(
                "StatefulSet",
                "votelog-sealer",
                path(CONTAINER, "args", 6),
                "/tmp/sealed",
                "mounts /var/lib/votelog, which nothing is told of"));
        all.add(change(
                "CronJob",
                "votelog-audit",
                path("spec", "jobTemplate", "spec", "template", "spec", "volumes", 1, "configMap", "name"),
                "client",
                "ConfigMap client is used"));
        all.add(change(
                "KafkaUser",
                "votelog-auditor",
                path("metadata", "namespace"),
                null,
                "KafkaUser votelog-auditor: namespace"));
        // Routes.
        all.add(change(
                "Ingress",
                "votelog",
                path("spec", "rules", 0, "http", "paths", 0, "path"),
                "/v1/ballots/[^/]+/(results|results/stream|turnout)$",
                "results.csv goes"));
        all.add(change(
                "Ingress",
                "votelog",
                path("spec", "rules", 0, "http", "paths", 0, "path"),
                "/v1/ballots/[^/]+",
                "where /v1/ballots/gz-customs-2021/votes goes"));
        all.add(change("Ingress", "votelog", path("spec", "rules", 0, "http", "paths", 1), null, "receipts"));
        all.add(change(
                "Ingress",
                "votelog",
                path("spec", "rules", 0, "http", "paths", 3, "path"),
                "/static/[^/]+$",
                "the way to nothing"));
        all.add(change(
                "Ingress",
                "votelog",
                path("spec", "rules", 0, "http", "paths", 0, "backend", "service", "port", "name"),
                "web",
                "a port that no Service has"));
        all.add(change("Ingress", "votelog", path("spec", "rules", 0, "host"), "ballot.example", "hosts with TLS"));
        all.add(change("Ingress", "votelog", path("spec", "tls", 0, "secretName"), "tls", "Secret tls is used"));
        all.add(change(
                "Ingress",
                "votelog",
                path("metadata", "annotations", "nginx.org/path-regex"),
                null,
                "how the Ingress takes paths"));
        // Networks.
        all.add(change("NetworkPolicy", "votelog-deny", path(), null, "no policy denies"));
        all.add(change(
                "NetworkPolicy", "votelog-deny", path("spec", "policyTypes"), path("Ingress"), "no policy denies"));
        all.add(change(
                "NetworkPolicy",
                "votelog-streams",
                path("spec", "ingress", 0, "from", 1),
                null,
                "name=votelog-streams in from name=votelog-streams TCP 8081 is not there"));
        all.add(change(
                "NetworkPolicy",
                "votelog-streams",
                path("spec", "egress", 0, "ports", 0, "port"),
                8080,
                "name=votelog-streams out to name=votelog-streams TCP 8080 is there"));
        all.add(change("NetworkPolicy", "votelog-gateway", path("spec", "ingress", 0, "from"), null, "anywhere"));
        all.add(change(
                "NetworkPolicy",
                "votelog-gateway",
                path("spec", "ingress", 1, "ports", 0, "port"),
                9081,
                "is not reached at the ports"));
        all.add(change(
                "NetworkPolicy",
                "votelog-gateway",
                path("spec", "egress", 0, "to", 0, "ipBlock", "except"),
                List.of(),
                "ways"));
        all.add(change(
                "NetworkPolicy",
                "votelog-kafka",
                path("spec", "egress", 0, "ports", 0, "port"),
                9092,
                "no way leads to"));
        all.add(change(
                "NetworkPolicy", "votelog-dns", path("spec", "policyTypes"), path("Ingress"), "takes in what goes"));
        // Numbers of pods.
        all.add(change(
                "Deployment", "votelog-gateway", path("spec", "replicas"), 3, "how many votelog-gateway there are"));
        all.add(change(
                "HorizontalPodAutoscaler", "votelog-streams", path(), null, "how many votelog-streams there are"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-streams",
                path("spec", "maxReplicas"),
                7,
                "there may be 7 instances"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-streams",
                path("spec", "behavior", "scaleDown"),
                null,
                "taken away by themselves"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-gateway",
                path("spec", "minReplicas"),
                1,
                "is away when one pod is"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-gateway",
                path("spec", "scaleTargetRef", "name"),
                "gateway",
                "votelog-gateway: scales"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-gateway",
                path("spec", "metrics", 0, "pods", "metric", "name"),
                "votelog_votes_in_flight",
                "votelog-gateway: metric"));
        all.add(change(
                "HorizontalPodAutoscaler",
                "votelog-gateway",
                path("spec", "metrics", 0, "pods", "target", "averageValue"),
                "16384",
                "votes under way"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void shouldBeFound(Change change) {
        Manifests broken = PRODUCTION.with(change.kind(), change.name(), change.path(), change.value());
        assertThat(Rules.findings(broken)).anyMatch(line -> line.contains(change.said()));
    }

    /** Else a change would be found that is none. */
    @Test
    void shouldBeWholeBefore() {
        assertThat(Rules.findings(PRODUCTION)).isEmpty();
    }

    /** Nothing of what the code asks for may go unnoticed: a topic, a right, a user more. */
    @Test
    void shouldMissEachTopicAndEachRight() {
        for (String topic : PRODUCTION.namesOf("KafkaTopic")) {
            assertThat(Rules.findings(PRODUCTION.with("KafkaTopic", topic, path(), null)))
                    .as("without %s", topic)
                    .anyMatch(line -> line.contains(topic + " is not there"));
        }
        for (Tree user : PRODUCTION.ofKind("KafkaUser")) {
            int rights = user.at("spec", "authorization", "acls").items().size();
            assertThat(rights).isGreaterThan(8);
            for (int right = 0; right < rights; right++) {
                assertThat(Rules.findings(PRODUCTION.with(
                                "KafkaUser", user.name(), path("spec", "authorization", "acls", right), null)))
                        .as("%s without its right %d", user.name(), right)
                        .anyMatch(line -> line.startsWith("rights of " + user.name()));
            }
        }
    }

    private static Change change(String kind, String name, List<Object> path, @Nullable Object value, String said) {
        return new Change(kind, name, path, value, said);
    }

    /** A change in the file of settings of a ConfigMap. */
    private static Change file(String configMap, String text, String other, String said) {
        String whole = PRODUCTION
                .named("ConfigMap", configMap)
                .at("data", "application.yaml")
                .text();
        assertThat(whole).contains(text);
        return change("ConfigMap", configMap, path("data", "application.yaml"), whole.replace(text, other), said);
    }

    /** Steps; a list among them stands for its own. */
    private static List<Object> path(Object... steps) {
        List<Object> path = new ArrayList<>();
        for (Object step : steps) {
            if (step instanceof List<?> several) {
                path.addAll(several);
            } else {
                path.add(step);
            }
        }
        return path;
    }

    /** A patch that takes away what is not there would change nothing. */
    @Test
    void shouldNotTakeAwayWhatIsNotThere() {
        Map<String, Object> target = new LinkedHashMap<>(Map.of("a", new LinkedHashMap<>(Map.of("b", 1))));
        assertThatThrownBy(() -> Trees.set(target, path("a", "c"), null)).hasMessageContaining("is not there");
    }
}
