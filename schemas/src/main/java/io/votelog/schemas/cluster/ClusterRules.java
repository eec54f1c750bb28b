// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterSnapshot.State;
import io.votelog.schemas.cluster.Finding.Severity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;

/** What a cluster must be for the log: from what it says of itself to findings. It asks nobody. */
final class ClusterRules {
    /** The number of replicas with which one broker may be lost and no record with it. */
    static final int CLUSTER_REPLICAS = 3;

    /** Kafka's own topics that exactly-once needs: positions of readers, and what became of transactions. */
    static final Set<String> KAFKAS_OWN = Set.of("__consumer_offsets", "__transaction_state");

    private static final int TRANSACTION_VERSION = 2;

    private final List<Topic> topics;
    private final String tools;

    /**
     * @param topics of the log, with the settings that they must have
     * @param tools how Kafka's tools are told the cluster: what stands behind their names in commands
     */
    ClusterRules(List<Topic> topics, String tools) {
        this.topics = List.copyOf(topics);
        this.tools = tools;
    }

    /**
     * What of the cluster, of the log's topics and of Kafka's own is not as it must be. Topics that are not there are no finding: a start
     * makes them.
     *
     * @param votePartitions partitions of votes; nothing where nobody knows yet
     */
    List<Finding> ofLog(ClusterSnapshot cluster, OptionalInt votePartitions) {
        List<Finding> findings = new ArrayList<>();
        if (cluster.transactionVersion() < TRANSACTION_VERSION) {
            findings.add(Finding.error(
                    "the cluster's feature transaction.version is %d; expected: 2 or higher (KIP-890), else totals can be wrong after a crash"
                            .formatted(cluster.transactionVersion()),
                    "kafka-features%s upgrade --feature transaction.version=2".formatted(tools)));
        }
        for (Topic topic : topics) {
            State state = cluster.topics().get(topic.name());
            if (state != null) {
                ofPartitions(topic, state, votePartitions, findings);
                ofSettings(topic, state, findings);
                ofReplicas("topic", topic.name(), state, cluster.brokers(), Severity.WARNING, findings);
            }
        }
        cluster.topics().forEach((name, state) -> {
            if (KAFKAS_OWN.contains(name)) {
                ofFewReplicas("Kafka's topic", name, state, cluster.brokers(), Severity.WARNING, findings);
            }
        });
        return findings;
    }

    /**
     * What of an application's changelogs is not as it must be: stores are restored from them. Where votes survives the loss of a broker,
     * they must too.
     *
     * @param partitionedAsVotes those that must not have more partitions than votes
     */
    List<Finding> ofChangelogs(ClusterSnapshot cluster, String applicationId, Collection<String> partitionedAsVotes) {
        boolean replicated = cluster.replicas(Topics.VOTES) >= CLUSTER_REPLICAS;
        List<Finding> findings = new ArrayList<>();
        cluster.topics().forEach((name, state) -> {
            if (!isChangelog(name, applicationId)) {
                return;
            }
            ofReplicas(
                    "changelog",
                    name,
                    state,
                    cluster.brokers(),
                    replicated ? Severity.ERROR : Severity.WARNING,
                    findings);
            String compression = found(state, TopicConfig.COMPRESSION_TYPE_CONFIG);
            if (!compression.equals("uncompressed")) {
                findings.add(Finding.warning(
                        "changelog %s has compression.type=%s; expected: uncompressed, else %s"
                                .formatted(name, compression, otherwise(TopicConfig.COMPRESSION_TYPE_CONFIG)),
                        set(name, TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed")));
            }
            OptionalInt votes = cluster.partitions(Topics.VOTES);
            if (partitionedAsVotes.contains(name) && votes.isPresent() && state.partitions() > votes.getAsInt()) {
                findings.add(tooManyPartitions("changelog", name, state.partitions(), votes.getAsInt()));
            }
        });
        return findings;
    }

    /** Whether a topic is a changelog of that application, or of the one that has its name as the beginning of its own. */
    static boolean isChangelog(String topic, String applicationId) {
        return topic.startsWith(applicationId + "-") && topic.endsWith("-changelog");
    }

    /** Partitions of the topic stand for partitions of votes, and there are more of them. */
    Finding tooManyPartitions(String kind, String name, int found, int votePartitions) {
        return Finding.error(
                "%s %s has %d partitions; expected: %d at most, as many as votes"
                        .formatted(kind, name, found, votePartitions),
                anew(name));
    }

    private void ofPartitions(Topic topic, State state, OptionalInt votePartitions, List<Finding> findings) {
        switch (topic.spread()) {
            case ONE -> {
                if (state.partitions() != 1) {
                    findings.add(Finding.error(
                            "topic %s has %d partitions; expected: 1, so that its records have one order"
                                    .formatted(topic.name(), state.partitions()),
                            anew(topic.name())));
                }
            }
            // Where partitions were added to votes, the streams apps give the others as many.
            case AS_VOTES -> {
                if (votePartitions.isPresent() && state.partitions() > votePartitions.getAsInt()) {
                    findings.add(
                            tooManyPartitions("topic", topic.name(), state.partitions(), votePartitions.getAsInt()));
                }
            }
        }
    }

    private void ofSettings(Topic topic, State state, List<Finding> findings) {
        new TreeMap<>(topic.settings()).forEach((setting, expected) -> {
            String found = found(state, setting);
            if (!expected.equals(found)) {
                findings.add(Finding.error(
                        "topic %s has %s=%s; expected: %s, else %s"
                                .formatted(topic.name(), setting, found, expected, otherwise(setting)),
                        set(topic.name(), setting, expected)));
            }
        });
    }

    private static String otherwise(String setting) {
        return switch (setting) {
            case TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.RETENTION_MS_CONFIG,
                    TopicConfig.RETENTION_BYTES_CONFIG -> "the brokers delete records that are needed";
            case TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG -> "whoever sends a record chooses its time";
            case TopicConfig.MAX_MESSAGE_BYTES_CONFIG ->
                "what belongs there is refused, or what comes is longer than readers expect";
            case TopicConfig.COMPRESSION_TYPE_CONFIG ->
                "the brokers bound a batch as it is compressed, and readers unpack it whole";
            case TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG ->
                "a record is acknowledged before it is on a disk, and votelog.topics.flush asks that it is";
            default -> "it is not the topic that Votelog makes";
        };
    }

    /** Copies of a topic's records, and what becomes of acknowledged ones when brokers are lost. */
    private void ofReplicas(
            String kind, String name, State state, List<Integer> brokers, Severity tooFew, List<Finding> findings) {
        int replicas = state.replicas();
        if (replicas < CLUSTER_REPLICAS && tooFew == Severity.ERROR) {
            findings.add(fewReplicas(kind, name, replicas, CLUSTER_REPLICAS, brokers, tooFew));
        } else {
            ofFewReplicas(kind, name, state, brokers, tooFew, findings);
        }
        String setting = TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
        String inSync = found(state, setting);
        int least = inSync.matches("[0-9]{1,9}") ? Integer.parseInt(inSync) : 0;
        int expected = Topic.minInsyncReplicas(replicas);
        String has = "%s %s has %s=%s".formatted(kind, name, setting, inSync);
        String mend = set(name, setting, Integer.toString(expected));
        if (least > replicas) {
            findings.add(Finding.error(
                    "%s and %s: no record can be acknowledged".formatted(has, count(replicas)),
                    replicas < brokers.size() && replicas < CLUSTER_REPLICAS
                            ? reassign(name, CLUSTER_REPLICAS, brokers)
                            : mend));
        } else if (least < expected) {
            findings.add(new Finding(
                    tooFew,
                    "%s; expected: %d, else an acknowledged record may stand on one broker alone, and be lost with it"
                            .formatted(has, expected),
                    mend));
        } else if (least == replicas && replicas > 1) {
            findings.add(Finding.warning(
                    "%s and %s: while one broker is away nothing is acknowledged".formatted(has, count(replicas)),
                    replicas >= CLUSTER_REPLICAS ? mend : reassign(name, CLUSTER_REPLICAS, brokers)));
        }
        if (replicas > 1
                && found(state, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG)
                        .equals("true")) {
            findings.add(Finding.error(
                    "%s %s has unclean.leader.election.enable=true; expected: false, else a broker that lacks acknowledged records may become leader, and they are lost"
                            .formatted(kind, name),
                    set(name, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false")));
        }
    }

    /** Fewer copies than the brokers that there are could hold, of which three suffice. */
    private void ofFewReplicas(
            String kind, String name, State state, List<Integer> brokers, Severity severity, List<Finding> findings) {
        int expected = Math.min(CLUSTER_REPLICAS, brokers.size());
        if (state.replicas() < expected) {
            findings.add(fewReplicas(kind, name, state.replicas(), expected, brokers, severity));
        }
    }

    private Finding fewReplicas(
            String kind, String name, int replicas, int expected, List<Integer> brokers, Severity severity) {
        return new Finding(
                severity,
                "%s %s has %s; expected: %d, else the loss of a broker can take its records along, or hold it up"
                        .formatted(kind, name, count(replicas), expected),
                reassign(name, expected, brokers));
    }

    private String set(String topic, String setting, String value) {
        return "kafka-configs%s --alter --entity-type topics --entity-name %s --add-config %s=%s"
                .formatted(tools, topic, setting, value);
    }

    /** Kafka cannot take partitions away. */
    private String anew(String topic) {
        return "partitions cannot be taken away. Where nothing stands in it that is needed: kafka-topics%s --delete --topic %s, and the next start makes it anew"
                .formatted(tools, topic);
    }

    private String reassign(String topic, int replicas, List<Integer> brokers) {
        // A broker that is still to come has an id that nobody knows.
        String example = Stream.concat(brokers.stream().map(String::valueOf), Stream.generate(() -> "ID"))
                .limit(replicas)
                .collect(Collectors.joining(","));
        return "kafka-reassign-partitions%s --reassignment-json-file FILE --execute, where FILE has {\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":[%s]}]}, with such an entry for each partition"
                .formatted(tools, topic, example);
    }

    private static String count(int replicas) {
        return replicas == 1 ? "1 replica" : replicas + " replicas";
    }

    private static String found(State state, String setting) {
        return state.settings().getOrDefault(setting, "nothing");
    }
}
