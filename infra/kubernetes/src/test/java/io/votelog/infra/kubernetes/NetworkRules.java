// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who may talk to whom: what the policies allow is this list, and no more. */
final class NetworkRules {
    /** A way out has the pods that go it first, a way in those that are come to. */
    private static final Set<String> WAYS = Set.of(
            "part-of=votelog out to kube-system/kube-dns UDP 53",
            "part-of=votelog out to kube-system/kube-dns TCP 53",
            "part-of=votelog out to Kafka TCP 9093",
            "name=votelog-gateway out to the world TCP 443",
            "name=votelog-streams out to name=votelog-streams TCP 8081",
            "name=votelog-gateway in from nginx-ingress TCP 8080",
            "name=votelog-gateway in from monitoring TCP 9080",
            "name=votelog-streams in from nginx-ingress TCP 8081",
            "name=votelog-streams in from name=votelog-streams TCP 8081",
            "name=votelog-streams in from monitoring TCP 9081",
            "name=votelog-streams out to name=votelog-sealer TCP 8084",
            "name=votelog-sealer in from nginx-ingress TCP 8084",
            "name=votelog-sealer in from name=votelog-streams TCP 8084",
            "name=votelog-sealer in from monitoring TCP 9084");

    private NetworkRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        Set<String> ways = new TreeSet<>();
        boolean denied = false;
        for (Tree policy : manifests.ofKind("NetworkPolicy")) {
            String pods = label(policy.at("spec", "podSelector"));
            List<String> types = policy.at("spec", "policyTypes").texts();
            findings.equal(
                    policy.where() + ": takes in what comes",
                    types.contains("Ingress"),
                    !policy.at("spec", "ingress").missing() || policy.name().equals("votelog-deny"));
            findings.equal(
                    policy.where() + ": takes in what goes",
                    types.contains("Egress"),
                    !policy.at("spec", "egress").missing() || policy.name().equals("votelog-deny"));
            denied |= pods.equals("part-of=votelog")
                    && types.containsAll(List.of("Ingress", "Egress"))
                    && policy.at("spec", "ingress").missing()
                    && policy.at("spec", "egress").missing();
            ways(pods + " in from ", policy.at("spec", "ingress"), "from", ways);
            ways(pods + " out to ", policy.at("spec", "egress"), "to", ways);
        }
        findings.unless(denied, "no policy denies what no other allows");
        findings.sameMembers("ways", WAYS, ways);
        Map<String, Map<String, Integer>> opened = new TreeMap<>();
        for (Part part : Part.values()) {
            opened.put(part.workloadName(), part.ports());
        }
        opened.put(SealerRules.NAME, SealerRules.ports(SealerRules.workload(manifests)));
        opened.forEach((name, ports) -> {
            String in = "name=" + name + " in from ";
            findings.unless(
                    ways.contains(in + "nginx-ingress TCP " + ports.get("http"))
                            && ways.contains(in + "monitoring TCP " + ports.get("management")),
                    "%s is not reached at the ports that it opens: %s",
                    name,
                    ports);
        });
        for (Tree listener : manifests
                .named("Kafka", "votelog")
                .at("spec", "kafka", "listeners")
                .items()) {
            findings.unless(
                    ways.contains("part-of=votelog out to Kafka TCP "
                            + listener.at("port").text()),
                    "no way leads to %s",
                    listener.where());
            findings.equal(
                    listener.where() + ": who may come in",
                    List.of("part-of=votelog"),
                    listener.at("networkPolicyPeers").items().stream()
                            .map(NetworkRules::peer)
                            .toList());
        }
        return findings.lines();
    }

    private static void ways(String prefix, Tree rules, String direction, Set<String> ways) {
        for (Tree rule : rules.items()) {
            List<Tree> peers = rule.at(direction).items();
            List<Tree> ports = rule.at("ports").items();
            if (peers.isEmpty() || ports.isEmpty()) {
                ways.add(prefix + "anywhere, or at any port");
            }
            peers.forEach(peer -> ports.forEach(port -> ways.add("%s%s %s %s"
                    .formatted(
                            prefix,
                            peer(peer),
                            port.at("protocol").text(),
                            port.at("port").text()))));
        }
    }

    private static String peer(Tree peer) {
        String namespace = peer.at("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
                .text();
        if (!namespace.isEmpty()) {
            String pod = peer.at("podSelector", "matchLabels", "k8s-app").text();
            return pod.isEmpty() ? namespace : namespace + "/" + pod;
        }
        if (peer.at("ipBlock", "cidr").is("0.0.0.0/0")
                && peer.at("ipBlock", "except")
                        .texts()
                        .containsAll(List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"))) {
            return "the world";
        }
        return label(peer.at("podSelector"));
    }

    private static String label(Tree selector) {
        Map<String, String> labels = selector.at("matchLabels").scalars();
        if (labels.equals(Map.of(
                "strimzi.io/cluster", "votelog", "strimzi.io/kind", "Kafka", "strimzi.io/broker-role", "true"))) {
            return "Kafka";
        }
        if (labels.size() != 1) {
            return "pods with " + labels;
        }
        return labels.entrySet().stream()
                .map(label -> label.getKey().replace("app.kubernetes.io/", "") + "=" + label.getValue())
                .findFirst()
                .orElse("");
    }
}
