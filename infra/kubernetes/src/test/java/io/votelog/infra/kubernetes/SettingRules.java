// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the apps are told: by files of settings, by environment, and by secrets that are files. Each is a setting that the app has. */
final class SettingRules {
    /** Variables that are for others than the app. */
    private static final Set<String> NOT_SETTINGS = Set.of("JAVA_TOOL_OPTIONS", "POD_NAME");

    /** What an app does not start without, or not on a cluster. */
    private static final Map<Part, Set<String>> NEEDED = Map.of(
            Part.GATEWAY,
            Set.of(
                    "votelog.pepper",
                    "votelog.log.private-key",
                    "votelog.log.public-keys",
                    "votelog.public-urls.producer",
                    "votelog.public-urls.streams",
                    "votelog.limits.trusted-proxies",
                    "votelog.auth.issuer",
                    "votelog.auth.audience"),
            Part.STREAMS,
            Set.of(
                    "votelog.log.public-keys",
                    "votelog.public-urls.producer",
                    "votelog.public-urls.streams",
                    "votelog.limits.trusted-proxies",
                    "votelog.streams.state-dir",
                    "votelog.streams.advertised",
                    "votelog.streams.threads",
                    "votelog.streams.application-id",
                    "votelog.sealed-log.urls",
                    "votelog.public-urls.sealed-log"));

    private static final Map<String, String> KAFKA = Map.of(
            "spring.kafka.security.protocol", "SASL_SSL",
            "spring.kafka.properties.sasl.mechanism", "SCRAM-SHA-512",
            "spring.kafka.ssl.trust-store-type", "PEM",
            "spring.kafka.ssl.trust-store-location", "file:/etc/votelog/cluster-ca/ca.crt");

    private SettingRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        Map<Part, Map<String, String>> told = new TreeMap<>();
        for (Part part : Part.values()) {
            told.put(part, told(part, manifests, findings));
        }
        agree(told, manifests, findings);
        return findings.lines();
    }

    /** Settings by key, those of secrets with an empty value. */
    private static Map<String, String> told(Part part, Manifests manifests, Findings findings) {
        Settings settings = Settings.of(part);
        Tree workload = part.workload(manifests);
        Map<String, String> told = new TreeMap<>();
        Map<String, String> file = flat(part.settings(manifests));
        file.forEach((key, value) -> {
            findings.unless(settings.has(key.replaceAll("\\[[0-9]+]", "")), "%s has no setting %s", part.module(), key);
            told.put(key, value);
        });
        Pod pod = new Pod(workload, manifests);
        Set<String> given = new TreeSet<>();
        pod.environment().forEach((variable, value) -> {
            if (!NOT_SETTINGS.contains(variable)) {
                settings.ofVariable(variable)
                        .ifPresentOrElse(
                                key -> {
                                    given.add(key);
                                    told.put(key, value);
                                },
                                () -> findings.add("%s has no setting that %s gives", part.module(), variable));
            }
        });
        file.keySet().stream()
                .filter(given::contains)
                .forEach(key -> findings.add("%s is told %s by file and by environment", part.module(), key));
        for (String folder : pod.configTrees()) {
            Set<String> names = pod.filesIn(folder);
            findings.unless(!names.isEmpty(), "%s imports %s, where no file is mounted", workload.name(), folder);
            for (String name : names) {
                findings.unless(
                        settings.has(name), "%s has no setting %s, which is a file in %s", part.module(), name, folder);
                told.put(name, "");
            }
        }
        for (String key : NEEDED.getOrDefault(part, Set.of())) {
            findings.unless(told.containsKey(key), "%s is not told %s", part.module(), key);
        }
        findings.unless(
                told.containsKey("spring.kafka.properties.sasl.jaas.config"),
                "%s is not told how it signs in to Kafka",
                part.module());
        KAFKA.forEach((key, value) -> findings.equal(part.module() + ": " + key, value, String.valueOf(told.get(key))));
        return told;
    }

    /** What two are told must be the same, and what one is told must be so elsewhere. */
    private static void agree(Map<Part, Map<String, String>> told, Manifests manifests, Findings findings) {
        Map<String, String> gateway = told.getOrDefault(Part.GATEWAY, Map.of());
        Map<String, String> streams = told.getOrDefault(Part.STREAMS, Map.of());
        for (String key : List.of(
                "spring.kafka.bootstrap-servers", "votelog.public-urls.producer", "votelog.public-urls.streams")) {
            findings.equal(key + " of streams-app", String.valueOf(gateway.get(key)), String.valueOf(streams.get(key)));
        }
        String bootstrap = String.valueOf(gateway.get("spring.kafka.bootstrap-servers"));
        String applicationId = String.valueOf(streams.get("votelog.streams.application-id"));
        for (Tree workload : List.of(
                manifests.named("StatefulSet", "votelog-sealer"),
                manifests.named("CronJob", "votelog-audit"),
                manifests.named("CronJob", "votelog-backup"))) {
            Tree args = Manifests.container(workload).at("args");
            findings.equal(workload.name() + ": --bootstrap-servers", bootstrap, option(args, "--bootstrap-servers"));
            findings.equal(workload.name() + ": --group", applicationId, option(args, "--group"));
        }
        Tree peers = manifests.named(
                "Service",
                Part.STREAMS.workload(manifests).at("spec", "serviceName").text());
        findings.equal(
                "where instances reach each other",
                "$(POD_NAME).%s:%s"
                        .formatted(
                                peers.name(),
                                peers.at("spec", "ports", 0, "port").text()),
                String.valueOf(streams.get("votelog.streams.advertised")));
        findings.equal("replicas of topics", "3", String.valueOf(gateway.get("votelog.topics.replicas")));
        String stateDir = String.valueOf(streams.get("votelog.streams.state-dir"));
        findings.unless(stateDir.startsWith("/var/lib/votelog/"), "%s is on no volume that stays", stateDir);
    }

    static String option(Tree args, String name) {
        List<String> texts = args.texts();
        int place = texts.indexOf(name);
        return place < 0 || place + 1 == texts.size() ? "" : texts.get(place + 1);
    }

    /** As Spring names what stands in YAML. */
    static Map<String, String> flat(Tree tree) {
        Map<String, String> flat = new TreeMap<>();
        flat("", tree, flat);
        return flat;
    }

    private static void flat(String prefix, Tree tree, Map<String, String> flat) {
        if (!tree.members().isEmpty()) {
            tree.members().forEach((name, member) -> flat(prefix.isEmpty() ? name : prefix + "." + name, member, flat));
        } else if (!tree.items().isEmpty()) {
            List<Tree> items = new ArrayList<>(tree.items());
            Stream.iterate(0, place -> place < items.size(), place -> place + 1)
                    .forEach(place -> flat(prefix + "[" + place + "]", items.get(place), flat));
        } else if (!tree.missing()) {
            flat.put(prefix, tree.text());
        }
    }
}
