// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whatever names something else names what is there: selectors, ports, Services, ConfigMaps, Secrets and their keys, paths. */
final class ReferenceRules {
    private static final Pattern PATH = Pattern.compile("/(?:etc|var/lib)/votelog[\\w./-]*");
    private static final String STATE = "/var/lib/votelog";

    /** Labels that Strimzi gives to the pods of Kafka. */
    private static final Map<String, String> KAFKA_POD =
            Map.of("strimzi.io/cluster", "votelog", "strimzi.io/kind", "Kafka", "strimzi.io/broker-role", "true");

    /** What Strimzi puts into the Secret of a user with a password, and into that of the cluster's certificate. */
    private static final Set<String> OF_USER = Set.of("password", "sasl.jaas.config");

    private static final Set<String> OF_CLUSTER = Set.of("ca.crt", "ca.p12", "ca.password");

    private ReferenceRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        manifests
                .all()
                .forEach(resource -> findings.equal(
                        resource.where() + ": namespace",
                        "votelog",
                        resource.at("metadata", "namespace").text()));
        selectors(manifests, findings);
        ports(manifests, findings);
        sources(manifests, findings);
        claims(manifests, findings);
        manifests.workloads().forEach(workload -> paths(workload, manifests, findings));
        return findings.lines();
    }

    private static void selectors(Manifests manifests, Findings findings) {
        manifests.workloads().forEach(workload -> {
            Map<String, String> labels = Manifests.podLabels(workload);
            if (!workload.kind().equals("CronJob")) {
                findings.unless(
                        Tree.matches(
                                workload.at("spec", "selector", "matchLabels").scalars(), labels),
                        "%s does not select its own pods",
                        workload.where());
            }
            for (Tree spread :
                    Manifests.podSpec(workload).at("topologySpreadConstraints").items()) {
                findings.unless(
                        Tree.matches(spread.at("labelSelector", "matchLabels").scalars(), labels),
                        "%s does not select the pods that it spreads",
                        spread.where());
            }
            if (workload.kind().equals("StatefulSet")) {
                String service = workload.at("spec", "serviceName").text();
                findings.equal(
                        "the Service of " + workload.where() + " has the clusterIP",
                        "None",
                        manifests
                                .named("Service", service)
                                .at("spec", "clusterIP")
                                .text());
            }
        });
        for (Tree pool : manifests.ofKind("KafkaNodePool")) {
            for (Tree spread : pool.at("spec", "template", "pod", "topologySpreadConstraints")
                    .items()) {
                findings.unless(
                        Tree.matches(
                                spread.at("labelSelector", "matchLabels").scalars(),
                                Map.of("strimzi.io/cluster", "votelog", "strimzi.io/pool-name", pool.name())),
                        "%s does not select the pods that it spreads",
                        spread.where());
            }
        }
        for (Map.Entry<String, List<Object>> place : Map.of(
                        "Service", List.<Object>of("spec", "selector"),
                        "PodDisruptionBudget", List.<Object>of("spec", "selector", "matchLabels"),
                        "PodMonitor", List.<Object>of("spec", "selector", "matchLabels"),
                        "NetworkPolicy", List.<Object>of("spec", "podSelector", "matchLabels"))
                .entrySet()) {
            for (Tree resource : manifests.ofKind(place.getKey())) {
                Map<String, String> selector =
                        resource.at(place.getValue().toArray()).scalars();
                findings.unless(
                        selected(selector, manifests).findAny().isPresent() || Tree.matches(selector, KAFKA_POD),
                        "%s selects no pod",
                        resource.where());
            }
        }
        for (String name : List.of("votelog-gateway", "votelog-streams", "votelog-sealer")) {
            findings.unless(
                    !manifests.named("PodDisruptionBudget", name).missing(), "%s may be evicted all at once", name);
        }
    }

    /** The workloads whose pods have these labels. */
    static Stream<Tree> selected(Map<String, String> selector, Manifests manifests) {
        return manifests.workloads().filter(workload -> Tree.matches(selector, Manifests.podLabels(workload)));
    }

    private static void ports(Manifests manifests, Findings findings) {
        for (Tree service : manifests.ofKind("Service")) {
            for (Tree port : service.at("spec", "ports").items()) {
                selected(service.at("spec", "selector").scalars(), manifests).forEach(workload -> {
                    Tree target = containerPort(workload, port.at("targetPort").text());
                    findings.equal(
                            port.where() + " leads to",
                            port.at("port").number(),
                            target.at("containerPort").number());
                });
            }
        }
        for (Tree monitor : manifests.ofKind("PodMonitor")) {
            for (Tree endpoint : monitor.at("spec", "podMetricsEndpoints").items()) {
                String port = endpoint.at("port").text();
                String path = endpoint.at("path").text();
                if (Tree.matches(monitor.at("spec", "selector", "matchLabels").scalars(), KAFKA_POD)) {
                    findings.equal(monitor.where() + ": port", "tcp-prometheus", port);
                    findings.unless(
                            !manifests
                                    .named("Kafka", "votelog")
                                    .at("spec", "kafka", "metricsConfig")
                                    .missing(),
                            "%s asks Kafka, which has no metrics",
                            monitor.where());
                } else {
                    findings.equal(monitor.where() + ": port", "management", port);
                    findings.equal(monitor.where() + ": path", "/actuator/prometheus", path);
                }
            }
        }
        if (!manifests.ofKind("PodMonitor").isEmpty()) {
            findings.sameMembers(
                    "pod monitors",
                    Set.of("votelog-gateway", "votelog-streams", "votelog-sealer", "votelog-kafka"),
                    manifests.namesOf("PodMonitor"));
        }
        for (Tree path : manifests
                .named("Ingress", "votelog")
                .at("spec", "rules", 0, "http", "paths")
                .items()) {
            Tree service = path.at("backend", "service");
            findings.unless(
                    !manifests
                            .named("Service", service.at("name").text())
                            .at("spec", "ports")
                            .item("name", service.at("port", "name").text())
                            .missing(),
                    "%s leads to a port that no Service has",
                    path.where());
        }
    }

    private static Tree containerPort(Tree workload, String name) {
        return Manifests.container(workload).at("ports").item("name", name);
    }

    private static void sources(Manifests manifests, Findings findings) {
        Map<String, Set<String>> there = new TreeMap<>(GivenByHand.keys());
        Set<String> byHand = new TreeSet<>(there.keySet());
        manifests
                .ofKind("ConfigMap")
                .forEach(map -> there.put(
                        "ConfigMap " + map.name(), map.at("data").members().keySet()));
        manifests.ofKind("KafkaUser").forEach(user -> there.put("Secret " + user.name(), OF_USER));
        manifests
                .ofKind("Kafka")
                .forEach(kafka -> there.put("Secret " + kafka.name() + "-cluster-ca-cert", OF_CLUSTER));
        Map<String, Set<String>> used = new HashMap<>();
        manifests.workloads().forEach(workload -> {
            Pod pod = new Pod(workload, manifests);
            pod.environmentSources()
                    .forEach(name -> used.computeIfAbsent("ConfigMap " + name, source -> new TreeSet<>())
                            .addAll(there.getOrDefault("ConfigMap " + name, Set.of())));
            pod.files().values().forEach(file -> used.computeIfAbsent(file.source(), source -> new TreeSet<>())
                    .add(file.key()));
            for (Tree volume : Manifests.podSpec(workload).at("volumes").items()) {
                Stream.of(
                                volume.at("secret", "secretName").text(),
                                volume.at("configMap", "name").text())
                        .filter(name -> !name.isEmpty())
                        .forEach(name -> used.computeIfAbsent(
                                (volume.at("secret").missing() ? "ConfigMap " : "Secret ") + name,
                                source -> new TreeSet<>()));
            }
        });
        for (Tree tls : manifests.named("Ingress", "votelog").at("spec", "tls").items()) {
            used.computeIfAbsent("Secret " + tls.at("secretName").text(), source -> new TreeSet<>())
                    .addAll(Set.of("tls.crt", "tls.key"));
        }
        new TreeMap<>(used).forEach((source, keys) -> {
            if (!there.containsKey(source)) {
                findings.add("%s is used, and nobody makes it", source);
            } else {
                keys.stream()
                        .filter(key -> !there.getOrDefault(source, Set.of()).contains(key))
                        .forEach(key -> findings.add("%s has no key %s", source, key));
            }
        });
        Set<String> idle = new TreeSet<>(byHand);
        manifests.ofKind("ConfigMap").forEach(map -> idle.add("ConfigMap " + map.name()));
        idle.removeAll(used.keySet());
        idle.forEach(source -> findings.add("%s is made, and nothing uses it", source));
        // A part has the credentials of its own user.
        Map<String, String> users = Map.of("votelog-audit", "votelog-auditor", "votelog-backup", "votelog-auditor");
        manifests
                .workloads()
                .forEach(workload -> findings.equal(
                        workload.where() + ": user of Kafka",
                        List.of("Secret " + users.getOrDefault(workload.name(), workload.name())),
                        new Pod(workload, manifests)
                                .files().values().stream()
                                        .filter(file -> file.key().equals("sasl.jaas.config"))
                                        .map(Pod.Mounted::source)
                                        .toList()));
    }

    /** A volume that is claimed by its name is claimed by the file beside the overlays, which no overlay takes away. */
    private static void claims(Manifests manifests, Findings findings) {
        String there = Yaml.tree(Place.HERE.resolve("backups.yaml")).name();
        manifests
                .workloads()
                .flatMap(workload -> Manifests.podSpec(workload).at("volumes").items().stream())
                .filter(volume -> !volume.at("persistentVolumeClaim").missing())
                .forEach(volume -> findings.equal(
                        volume.where() + ": claim",
                        there,
                        volume.at("persistentVolumeClaim", "claimName").text()));
        findings.unless(
                manifests.ofKind("PersistentVolumeClaim").isEmpty(), "a claim would go with the overlay that has it");
    }

    /** Each path that a container is told is mounted, and each mount is told of. */
    private static void paths(Tree workload, Manifests manifests, Findings findings) {
        Pod pod = new Pod(workload, manifests);
        List<String> mounts = new ArrayList<>();
        Manifests.container(workload)
                .at("volumeMounts")
                .items()
                .forEach(mount -> mounts.add(mount.at("mountPath").text()));
        Set<String> told = new TreeSet<>();
        PATH.matcher(pod.told()).results().forEach(path -> told.add(path.group().replaceFirst("[/.]$", "")));
        for (String path : told) {
            boolean there = path.startsWith(STATE)
                    ? mounts.contains(STATE)
                    : mounts.contains(path) || pod.files().containsKey(path);
            findings.unless(there, "%s is told of %s, which is not mounted", workload.where(), path);
        }
        mounts.stream()
                .filter(mount -> !mount.equals("/tmp"))
                .filter(mount -> told.stream().noneMatch(path -> path.equals(mount) || path.startsWith(mount + "/")))
                .forEach(mount -> findings.add("%s mounts %s, which nothing is told of", workload.where(), mount));
    }
}
