// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page about rights, run by Kafka's own tools against a secured broker on which nothing is made yet. */
@WholeSystem
class RightsCommandsIT {
    @TempDir
    Path dir;

    @Test
    void shouldMakeTopicsUsersAndRights() throws Exception {
        SystemSecurity security = SystemSecurity.in(dir.resolve("security"));
        Files.copy(dir.resolve("security/kafka/administrator.properties"), dir.resolve("administrator.properties"));
        try (KafkaCluster cluster = KafkaCluster.single(dir.resolve("kafka"))
                .heap("512m")
                .secured(security.ofBrokers())
                .start()) {
            OperatorShell shell = new OperatorShell(dir, Map.of("localhost:9092", cluster.bootstrapServers()));
            // Here is one broker; the page is for three.
            String commands = String.join("\n", OperatorShell.blocks("RIGHTS.md"))
                    .replace("--replication-factor 3", "--replication-factor 1")
                    .replace("min.insync.replicas=2", "min.insync.replicas=1");
            shell.run(commands);

            Map<String, Object> settings = new HashMap<>(security.administratorSettings());
            settings.put("bootstrap.servers", cluster.bootstrapServers());
            try (LogCluster log = new LogCluster(
                    Admin.create(settings), cluster.bootstrapServers(), Topics.all(), Duration.ofSeconds(30))) {
                assertThat(log.findings()).isEmpty();
                assertThat(log.partitions(Topics.VOTES)).isEqualTo(4);
            }
            try (Admin admin = Admin.create(settings)) {
                Set<AclBinding> wanted = Arrays.stream(Role.values())
                        .flatMap(role -> role.rights("votelog-streams").stream()
                                .flatMap(right -> right.bindings(role.userName()).stream()))
                        .collect(Collectors.toSet());
                assertThat(Set.copyOf(admin.describeAcls(AclBindingFilter.ANY)
                                .values()
                                .get()))
                        .isEqualTo(wanted);
                assertThat(admin.describeUserScramCredentials().users().get())
                        .containsAll(List.of("gateway", "streams", "sealer", "auditor"));
            }
        }
    }
}
