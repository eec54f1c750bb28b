// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.secure.SystemSecurity;
import io.votelog.infra.testing.WholeSystem;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.Role;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the page about rights, run by Kafka's own tools against a secured broker on which nothing is made yet. */
@WholeSystem
class RightsCommandsIT {
    private static final int TOPICS = 0;
    private static final int USERS = 1;
    private static final int RIGHTS = 2;
    private static final int SECOND_USER = 3;
    private static final int FIRST_USER_GONE = 4;
    private static final int CERTIFICATE = 5;

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
            OperatorShell shell = new OperatorShell(
                    dir,
                    Map.of(
                            "localhost:9092",
                            cluster.bootstrapServers(),
                            "/etc/kafka/broker.pem",
                            security.ofBrokers().identity().toString()));
            List<String> blocks = OperatorShell.blocks("RIGHTS.md");
            assertThat(blocks).hasSize(CERTIFICATE + 1);
            // Here is one broker; the page is for three.
            shell.run(OperatorShell.onOneBroker(blocks.get(TOPICS)));
            shell.run(blocks.get(USERS));
            shell.run(blocks.get(RIGHTS));

            Map<String, Object> settings = new HashMap<>(security.administratorSettings());
            settings.put("bootstrap.servers", cluster.bootstrapServers());
            try (LogCluster log = new LogCluster(
                    Admin.create(settings), cluster.bootstrapServers(), Topics.all(), Duration.ofSeconds(30))) {
                assertThat(log.findings()).isEmpty();
                assertThat(log.partitions(Topics.VOTES)).isEqualTo(4);
            }
            try (Admin admin = Admin.create(settings)) {
                assertThat(rights(admin)).isEqualTo(wanted(Role::userName));
                assertThat(admin.describeUserScramCredentials().users().get())
                        .contains("gateway", "streams", "sealer", "auditor");

                String ofGateway = blocks.get(RIGHTS)
                        .lines()
                        .filter(line -> line.contains(" User:gateway "))
                        .collect(Collectors.joining("\n", "", "\n"));
                shell.run(blocks.get(SECOND_USER) + ofGateway.replace(" User:gateway ", " User:gateway-2 "));
                shell.run(blocks.get(FIRST_USER_GONE) + ofGateway.replace(" --add ", " --remove --force "));
                assertThat(rights(admin))
                        .isEqualTo(wanted(role -> role == Role.GATEWAY ? "gateway-2" : role.userName()));
                assertThat(admin.describeUserScramCredentials().users().get())
                        .contains("gateway-2")
                        .doesNotContain("gateway");
            }
            BigInteger before = serial(security, cluster);
            security.renewKafka();
            shell.run(blocks.get(CERTIFICATE));
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(serial(security, cluster)).isNotEqualTo(before));
        }
    }

    private static Set<AclBinding> rights(Admin admin) throws Exception {
        return Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get());
    }

    private static Set<AclBinding> wanted(Function<Role, String> user) {
        return Arrays.stream(Role.values())
                .flatMap(role -> role.rights("votelog-streams").stream()
                        .flatMap(right -> right.bindings(user.apply(role)).stream()))
                .collect(Collectors.toSet());
    }

    /** Of the certificate that the broker presents to a client. */
    private static BigInteger serial(SystemSecurity security, KafkaCluster cluster) throws Exception {
        int port = Integer.parseInt(cluster.bootstrapServers().replaceFirst(".*:", ""));
        try (SSLSocket socket = (SSLSocket) security.trust().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }
}
