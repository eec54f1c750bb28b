// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;

/** Everything that an app can find of its cluster: what {@link ClusterRules} say, and whether the brokers' clocks agree. */
public final class ClusterCheck implements AutoCloseable {
    private final Supplier<List<Finding>> settings;
    private final BrokerClocks clocks;

    private ClusterCheck(Supplier<List<Finding>> settings, BrokerClocks clocks) {
        this.settings = settings;
        this.clocks = clocks;
    }

    /**
     * The topic to which empty records are sent to compare the brokers' clocks, which is no part of the log. The check makes it where it is
     * not there and may be made.
     *
     * @param brokers how many there are, each of which gets a partition
     */
    public static NewTopic topicOfClocks(int brokers) {
        return BrokerClocks.newTopic(brokers);
    }

    /**
     * The check of who appends to the log.
     *
     * @param clientSettings addresses and credentials for another client, as the administrator's own are
     */
    public static ClusterCheck ofLog(LogCluster cluster, Map<String, Object> clientSettings) {
        return new ClusterCheck(cluster::findings, new BrokerClocks(cluster.reader(), clientSettings));
    }

    /**
     * The check of who counts, which looks at changelogs too.
     *
     * @param clientSettings addresses and credentials for another client, as the administrator's own are
     * @param applicationId whose changelogs, its name being the beginning of theirs
     * @param partitionedAsVotes topics that must not have more partitions than votes
     */
    public static ClusterCheck ofCount(
            LogCluster cluster,
            Map<String, Object> clientSettings,
            String applicationId,
            Collection<String> partitionedAsVotes) {
        return new ClusterCheck(
                () -> cluster.findings(applicationId, partitionedAsVotes),
                new BrokerClocks(cluster.reader(), clientSettings));
    }

    /**
     * Asks the cluster, which blocks for as long as it takes to answer, and changes nothing but the topic by which clocks are compared.
     * One thread at a time may ask.
     *
     * @return errors first
     * @throws UnfitLogException when the cluster does not answer
     */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>(settings.get());
        clocks.finding().ifPresent(findings::add);
        findings.sort(Comparator.comparing(Finding::severity));
        return List.copyOf(findings);
    }

    @Override
    public void close() {
        clocks.close();
    }
}
