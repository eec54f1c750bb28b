// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.operations;

import io.votelog.schemas.Topic;
import io.votelog.schemas.Topics;
import io.votelog.schemas.cluster.ClusterCheck;
import io.votelog.schemas.cluster.Right;
import io.votelog.schemas.cluster.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.utils.SecurityUtils;

/** The table and the commands of the page about rights, as the code has them. */
final class RightsText {
    private static final String APPLICATION = "votelog-streams";
    private static final String TOOL = " --bootstrap-server localhost:9092 --command-config administrator.properties";

    private RightsText() {}

    static String table() {
        StringBuilder text = new StringBuilder("\n| user | reads | writes | besides |\n|---|---|---|---|\n");
        for (Role role : Role.values()) {
            String besides =
                    switch (role) {
                        case GATEWAY -> "";
                        case STREAMS ->
                            "makes, reads and writes its changelogs; joins the groups and writes the transactions whose names begin with `%s`"
                                    .formatted(APPLICATION);
                        case SEALER ->
                            "joins the group `%s`; writes transactions under `%s`; sees how far the group has counted"
                                    .formatted(Role.SEALERS_GROUP, Role.SEALER_TRANSACTIONAL_ID);
                        case AUDITOR -> "sees how far the group has counted";
                    };
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(role.userName(), names(role.reads()), names(role.writes()), besides));
        }
        return text.append('\n').toString();
    }

    private static String names(Set<Topic> topics) {
        String names = Topics.all().stream()
                .filter(topics::contains)
                .map(topic -> topic.name().replaceAll("^votelog\\.|\\.v1$", ""))
                .collect(Collectors.joining(", "));
        return topics.size() == Topics.all().size() ? "all" : names.isEmpty() ? "nothing" : names;
    }

    /** Making the topics of the log, for four partitions and three brokers. */
    static String topics() {
        StringBuilder text = new StringBuilder("\n```sh\n");
        List<NewTopic> all = new ArrayList<>();
        Topics.all().forEach(topic -> all.add(topic.newTopic(4, 3)));
        all.add(ClusterCheck.topicOfClocks(3));
        for (NewTopic made : all) {
            text.append("kafka-topics%s --create --if-not-exists --topic %s --partitions %d --replication-factor %d"
                    .formatted(TOOL, made.name(), made.numPartitions(), made.replicationFactor()));
            new TreeMap<>(made.configs()).forEach((key, value) -> text.append(" --config %s=%s".formatted(key, value)));
            text.append('\n');
        }
        return text.append("```\n\n").toString();
    }

    /** Allowing each user what its part must be able to. */
    static String rights() {
        StringBuilder text = new StringBuilder("\n```sh\n");
        for (Role role : Role.values()) {
            // What is allowed in the same way is one command.
            Map<String, StringBuilder> commands = new LinkedHashMap<>();
            for (Right right : role.rights(APPLICATION)) {
                String option =
                        switch (right.type()) {
                            case TOPIC -> "--topic";
                            case GROUP -> "--group";
                            case TRANSACTIONAL_ID -> "--transactional-id";
                            default -> throw new IllegalStateException("no command for " + right);
                        };
                String how = " --add --allow-principal User:%s%s%s"
                        .formatted(
                                role.userName(),
                                operations(right.operations()),
                                right.prefix() ? " --resource-pattern-type prefixed" : "");
                commands.computeIfAbsent(option + how, any -> new StringBuilder("kafka-acls" + TOOL + how))
                        .append(' ')
                        .append(option)
                        .append(' ')
                        .append(right.name());
            }
            commands.values().forEach(command -> text.append(command).append('\n'));
        }
        return text.append("```\n\n").toString();
    }

    private static String operations(Set<AclOperation> operations) {
        return List.copyOf(operations).stream()
                .sorted()
                .map(operation -> " --operation " + SecurityUtils.operationName(operation))
                .collect(Collectors.joining());
    }
}
