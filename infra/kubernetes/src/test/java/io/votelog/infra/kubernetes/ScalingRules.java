// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.List;
import java.util.Map;

/** How many pods there are: a number in the file, or an autoscaler's, and never more instances than have partitions to count. */
final class ScalingRules {
    /** The metric by which each part is scaled, as Prometheus has it. */
    static final Map<Part, String> METRICS = Map.of(
            Part.GATEWAY, "votelog_votes_under_way", Part.STREAMS, "kafka_consumer_fetch_manager_records_lag_max");

    private ScalingRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        int most = KafkaRules.votePartitions(manifests)
                / Math.max(
                        1,
                        Part.STREAMS
                                .settings(manifests)
                                .at("votelog", "streams", "threads")
                                .number());
        for (Part part : Part.values()) {
            Tree workload = part.workload(manifests);
            Tree scaler = manifests.named("HorizontalPodAutoscaler", part.workloadName());
            Tree replicas = workload.at("spec", "replicas");
            findings.unless(
                    replicas.missing() != scaler.missing(),
                    "how many %s there are is said by nobody, or by two",
                    part.workloadName());
            int greatest = scaler.missing()
                    ? replicas.number()
                    : scaler.at("spec", "maxReplicas").number();
            int least = scaler.missing()
                    ? replicas.number()
                    : scaler.at("spec", "minReplicas").number();
            findings.unless(least >= 2, "%s is away when one pod is: there is %d", part.workloadName(), least);
            if (part == Part.STREAMS) {
                findings.unless(
                        greatest <= most,
                        "there may be %d instances of streams-app, and the partitions are enough for %d",
                        greatest,
                        most);
            }
            if (!scaler.missing()) {
                scaled(part, workload, scaler, findings);
            }
        }
        Tree streams = manifests.named("HorizontalPodAutoscaler", "votelog-streams");
        findings.unless(
                streams.missing()
                        || streams.at("spec", "behavior", "scaleDown", "selectPolicy")
                                .is("Disabled"),
                "instances that count are taken away by themselves");
        return findings.lines();
    }

    private static void scaled(Part part, Tree workload, Tree scaler, Findings findings) {
        Tree target = scaler.at("spec", "scaleTargetRef");
        findings.equal(
                scaler.where() + ": scales",
                workload.at("apiVersion").text() + " " + workload.where(),
                "%s %s %s"
                        .formatted(
                                target.at("apiVersion").text(),
                                target.at("kind").text(),
                                target.at("name").text()));
        Tree metric = scaler.at("spec", "metrics", 0, "pods");
        findings.equal(
                scaler.where() + ": metric",
                String.valueOf(METRICS.get(part)),
                metric.at("metric", "name").text());
        if (part == Part.GATEWAY) {
            int room = Integer.parseInt(Settings.of(part).defaultOf("votelog.max-votes-under-way"));
            String value = metric.at("target", "averageValue").text();
            // At three quarters batches wait, and the number does not rise any more.
            findings.unless(
                    value.matches("[0-9]+") && Integer.parseInt(value) * 2 <= room,
                    "%s scales at %s votes under way; expected: half of the %d that there is room for, at most",
                    scaler.where(),
                    value,
                    room);
        }
    }
}
