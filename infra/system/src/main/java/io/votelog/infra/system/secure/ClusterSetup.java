// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import io.votelog.infra.broker.Credentials;
import io.votelog.schemas.Topic;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.LogCluster;
import io.votelog.schemas.cluster.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/**
 * What whoever deploys a secured system does before its parts start, as the administrator: makes the topics, a user for each part with its
 * password, and what each may do. Doing it again changes nothing but passwords that are other ones by now.
 */
public final class ClusterSetup {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ITERATIONS = 8192;

    private final SystemSecurity security;
    private final String bootstrapServers;
    private final Map<String, Object> settings;

    /** @param bootstrapServers of brokers that run with this security */
    public ClusterSetup(SystemSecurity security, String bootstrapServers) {
        this.security = security;
        this.bootstrapServers = bootstrapServers;
        this.settings = new HashMap<>(security.administratorSettings());
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("enable.metrics.push", false);
    }

    /**
     * Makes what is not there yet.
     *
     * @param topics of the log
     * @param partitions of the votes topic, when it is made
     * @param applicationId of the streams-apps
     * @throws io.votelog.schemas.cluster.UnfitLogException where the cluster or a topic is not as it must be
     * @throws KafkaException where the brokers refuse it, or do not answer
     */
    public void apply(List<Topic> topics, int partitions, String applicationId) {
        try (LogCluster cluster = new LogCluster(Admin.create(settings), bootstrapServers, topics, TIMEOUT);
                ClusterCheck check = ClusterCheck.ofLog(cluster, settings)) {
            cluster.prepare(partitions, -1);
            // The check makes the topic by which it compares the brokers' clocks.
            check.findings();
        }
        for (Role role : Role.values()) {
            allow(security.user(role), role, applicationId);
        }
    }

    /**
     * Has brokers know a user, with this password, and lets it do what the part must be able to.
     *
     * @param applicationId of the streams-apps
     */
    public void allow(Credentials user, Role role, String applicationId) {
        List<UserScramCredentialAlteration> passwords = List.of(new UserScramCredentialUpsertion(
                user.user(), new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS), user.password()));
        List<AclBinding> rights = role.rights(applicationId).stream()
                .flatMap(right -> right.bindings(user.user()).stream())
                .toList();
        try (Admin admin = Admin.create(settings)) {
            await(admin.alterUserScramCredentials(passwords).all());
            await(admin.createAcls(rights).all());
        }
    }

    /** Has brokers forget a user, and what it was allowed to. A connection of this user ends when it is to log in again. */
    public void forget(Credentials user) {
        try (Admin admin = Admin.create(settings)) {
            await(admin.alterUserScramCredentials(
                            List.of(new UserScramCredentialDeletion(user.user(), ScramMechanism.SCRAM_SHA_512)))
                    .all());
            await(admin.deleteAcls(List.of(new AclBindingFilter(
                            ResourcePatternFilter.ANY,
                            new AccessControlEntryFilter(
                                    "User:" + user.user(), null, AclOperation.ANY, AclPermissionType.ANY))))
                    .all());
        }
    }

    /**
     * Has brokers present the certificate that stands in their file now to whoever connects from here on.
     *
     * @param brokers their ids
     */
    public void reloadCertificates(Collection<Integer> brokers) {
        String location = "listener.name.clients.ssl.keystore.location";
        ConfigEntry same =
                new ConfigEntry(location, security.ofBrokers().identity().toString());
        try (Admin admin = Admin.create(settings)) {
            for (int broker : brokers) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker));
                Collection<AlterConfigOp> change = new ArrayList<>();
                change.add(new AlterConfigOp(same, AlterConfigOp.OpType.SET));
                await(admin.incrementalAlterConfigs(Map.of(resource, change)).all());
            }
        }
    }

    private static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new KafkaException("the brokers do not make users and rights: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("the brokers do not answer within %d s".formatted(TIMEOUT.toSeconds()), e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
