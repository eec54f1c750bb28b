// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import io.votelog.schemas.cluster.Right;
import io.votelog.schemas.cluster.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/** The users of Kafka: one for each role, with its rights and no others. */
final class UserRules {
    private UserRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        String applicationId = Part.STREAMS
                .settings(manifests)
                .at("votelog", "streams", "application-id")
                .text();
        Map<String, Set<String>> expected = new TreeMap<>();
        Stream.of(Role.values()).forEach(role -> expected.put(name(role), lines(role.rights(applicationId))));
        findings.sameMembers("users", expected.keySet(), manifests.namesOf("KafkaUser"));
        for (Tree user : manifests.ofKind("KafkaUser")) {
            findings.equal(
                    user.where() + ": authentication",
                    "scram-sha-512",
                    user.at("spec", "authentication", "type").text());
            findings.equal(
                    user.where() + ": authorization",
                    "simple",
                    user.at("spec", "authorization", "type").text());
            findings.equal(
                    user.where() + ": cluster",
                    "votelog",
                    user.at("metadata", "labels", "strimzi.io/cluster").text());
            findings.sameMembers(
                    "rights of " + user.name(), expected.getOrDefault(user.name(), Set.of()), lines(user, findings));
        }
        return findings.lines();
    }

    private static String name(Role role) {
        return "votelog-" + role.userName();
    }

    private static Set<String> lines(List<Right> rights) {
        Set<String> lines = new TreeSet<>();
        rights.forEach(right -> right.operations()
                .forEach(operation -> lines.add(line(
                        type(right.type()),
                        right.name(),
                        right.prefix() ? "prefix" : "literal",
                        SecurityUtils.operationName(operation)))));
        return lines;
    }

    private static Set<String> lines(Tree user, Findings findings) {
        Set<String> lines = new TreeSet<>();
        for (Tree rule : user.at("spec", "authorization", "acls").items()) {
            findings.unless(
                    rule.at("type").missing() || rule.at("type").is("allow"), "%s does not allow", rule.where());
            findings.unless(rule.at("host").missing(), "%s is for one host alone", rule.where());
            Tree resource = rule.at("resource");
            for (String operation : rule.at("operations").texts()) {
                String line = line(
                        resource.at("type").text(),
                        resource.at("name").text(),
                        resource.at("patternType").text(),
                        operation);
                findings.unless(lines.add(line), "%s is given twice to %s", line, user.name());
            }
        }
        return lines;
    }

    private static String line(String type, String name, String pattern, String operation) {
        return "%s %s (%s) %s".formatted(operation, name, pattern, type);
    }

    /** As Strimzi calls it. */
    private static String type(ResourceType type) {
        return switch (type) {
            case TOPIC -> "topic";
            case GROUP -> "group";
            case TRANSACTIONAL_ID -> "transactionalId";
            case CLUSTER, DELEGATION_TOKEN, USER, ANY, UNKNOWN -> throw new IllegalArgumentException(type.name());
        };
    }
}
