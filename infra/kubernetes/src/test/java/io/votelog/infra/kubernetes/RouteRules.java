// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The Ingress has one origin for both sides and the sealed log, and each path goes to who answers for it. */
final class RouteRules {
    private RouteRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        Tree ingress = manifests.named("Ingress", "votelog");
        findings.equal("ingresses", Set.of("votelog"), manifests.namesOf("Ingress"));
        findings.equal(
                "how the Ingress takes paths",
                "case_sensitive",
                ingress.at("metadata", "annotations", "nginx.org/path-regex").text());
        origin(ingress, manifests, findings);
        List<Tree> rules = ingress.at("spec", "rules", 0, "http", "paths").items();
        Set<String> gateways = Part.GATEWAY.openApi().at("paths").members().keySet();
        Set<String> reads = Part.STREAMS.openApi().at("paths").members().keySet();
        for (Part part : Part.values()) {
            for (String template : part == Part.GATEWAY ? gateways : reads) {
                // Where both sides answer, the origin is the gateways'.
                String expected = gateways.contains(template) ? "votelog-gateway" : "votelog-streams";
                for (String path : examples(template)) {
                    findings.equal("where " + path + " goes", expected, service(path, rules));
                }
            }
        }
        for (String path : SealerRules.paths()) {
            findings.equal("where " + path + " goes", SealerRules.READERS, service(path, rules));
        }
        for (String other :
                List.of("/ballots/b/results/x", "/votes", "/check/x", "/v1/votes/x", "/announcement/json")) {
            findings.equal("where any other path goes", "votelog-gateway", service(other, rules));
        }
        Set<String> templates = new TreeSet<>(gateways);
        templates.addAll(reads);
        templates.addAll(SealerRules.paths());
        for (Tree rule : rules) {
            Pattern pattern = Pattern.compile("^" + rule.at("path").text());
            findings.unless(
                    templates.stream()
                            .flatMap(template -> examples(template).stream())
                            .anyMatch(path -> pattern.matcher(path).find()),
                    "%s is the way to nothing that is described",
                    rule.at("path").text());
            findings.equal(
                    rule.where() + ": pathType",
                    "ImplementationSpecific",
                    rule.at("pathType").text());
        }
        return findings.lines();
    }

    private static void origin(Tree ingress, Manifests manifests, Findings findings) {
        findings.equal(
                "rules of the Ingress", 1, ingress.at("spec", "rules").items().size());
        String host = ingress.at("spec", "rules", 0, "host").text();
        findings.equal(
                "hosts with TLS",
                List.of(host),
                ingress.at("spec", "tls", 0, "hosts").texts());
        Map.of(
                        "VOTELOG_PUBLIC_URLS_PRODUCER", "votelog-site",
                        "VOTELOG_PUBLIC_URLS_STREAMS", "votelog-site",
                        "VOTELOG_PUBLIC_URLS_SEALED_LOG", "votelog-streams-site")
                .forEach((side, map) -> findings.equal(
                        side,
                        "https://" + host,
                        manifests.named("ConfigMap", map).at("data", side).text()));
    }

    /** Paths as a template means them, among them an id that looks like a word of another path. */
    private static List<String> examples(String template) {
        return List.of(
                template.replaceAll("\\{[^}]*}", "gz-customs-2021"), template.replaceAll("\\{[^}]*}", "results"));
    }

    /** The Service of the first rule that matches. */
    private static String service(String path, List<Tree> rules) {
        return rules.stream()
                .filter(rule -> Pattern.compile("^" + rule.at("path").text())
                        .matcher(path)
                        .find())
                .findFirst()
                .map(rule -> rule.at("backend", "service", "name").text())
                .orElse("nowhere");
    }
}
