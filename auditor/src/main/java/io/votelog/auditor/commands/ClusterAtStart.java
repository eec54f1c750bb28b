// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.AuditException;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.Finding;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.UnfitLogException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthorizationException;

/** The cluster of the log, checked before anything is written to it, as the apps check it when they start. */
public final class ClusterAtStart {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private ClusterAtStart() {}

    /**
     * Says what is found, and refuses a cluster in which what is written could be lost or changed. Who may not ask for its settings goes
     * on without.
     *
     * @param clientSettings of Kafka's clients, addresses aside
     * @param err where it is said
     * @throws AuditException when the cluster or a topic is not what the log needs, or no broker answers
     */
    public static void check(String bootstrapServers, Map<String, String> clientSettings, PrintStream err) {
        Map<String, Object> settings = new HashMap<>(clientSettings);
        settings.put("bootstrap.servers", bootstrapServers);
        try (LogCluster cluster = new LogCluster(Admin.create(settings), bootstrapServers, Topics.all(), TIMEOUT)) {
            List<Finding> findings = cluster.findings();
            findings.stream().filter(finding -> !finding.isError()).forEach(err::println);
            String errors = Finding.errors(findings);
            if (!errors.isEmpty()) {
                throw new AuditException(errors);
            }
        } catch (UnfitLogException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw new AuditException(String.valueOf(e.getMessage()), e);
            }
            err.println(
                    "The cluster's settings are not checked: this user may not ask for them (Describe and DescribeConfigs on the topics)");
        }
    }
}
