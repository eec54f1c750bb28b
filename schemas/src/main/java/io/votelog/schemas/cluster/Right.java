// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What may be done with one thing of a Kafka cluster, or with all whose names begin alike.
 *
 * @param type a topic, a consumer group or a transactional id
 * @param name its name, or what the names begin with
 * @param prefix whether the name is such a beginning
 * @param operations those that are allowed, at least one
 */
public record Right(ResourceType type, String name, boolean prefix, Set<AclOperation> operations) {
    public Right {
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("no operation is allowed on " + name);
        }
        operations = Set.copyOf(EnumSet.copyOf(operations));
    }

    static Right topic(String name, Set<AclOperation> operations) {
        return new Right(ResourceType.TOPIC, name, false, operations);
    }

    static Right prefixed(ResourceType type, String beginning, Set<AclOperation> operations) {
        return new Right(type, beginning, true, operations);
    }

    /**
     * The same as Kafka's authorizer takes it, one for each operation, in the operations' order.
     *
     * @param user the name of the user who gets it, without {@code User:}
     */
    public List<AclBinding> bindings(String user) {
        ResourcePattern pattern = new ResourcePattern(type, name, prefix ? PatternType.PREFIXED : PatternType.LITERAL);
        return operations.stream()
                .sorted()
                .map(operation -> new AclBinding(
                        pattern, new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)))
                .toList();
    }
}
