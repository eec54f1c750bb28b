// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.boot.convert.DurationStyle;

/** The pods: what they may do on their machine, and when they count as alive, ready and stopped. */
final class PodRules {
    /** What the images are made for. */
    private static final int USER = 10001;

    private static final String STATE = "/var/lib/votelog";

    private static final Duration JVMS_OWN = Duration.ofSeconds(5);

    private static final Map<String, String> IMAGES = Map.of(
            "votelog-gateway", "votelog-producer",
            "votelog-streams", "votelog-streams-app",
            "votelog-sealer", "votelog-auditor",
            "votelog-audit", "votelog-auditor",
            "votelog-backup", "votelog-auditor");

    private PodRules() {}

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        findings.sameMembers(
                "workloads",
                IMAGES.keySet(),
                manifests.workloads().map(Tree::name).collect(Collectors.toSet()));
        manifests.workloads().forEach(workload -> {
            confined(workload, findings);
            mounted(workload, findings);
        });
        for (Part part : Part.values()) {
            Tree workload = part.workload(manifests);
            opened(part, workload, findings);
            // Why the read side is asked whether it lives: see its StatefulSet.
            probed(workload, part == Part.STREAMS ? "liveness" : "readiness", findings);
        }
        stops(manifests, findings);
        return findings.lines();
    }

    private static void confined(Tree workload, Findings findings) {
        String name = workload.name();
        Tree pod = Manifests.podSpec(workload);
        Tree container = Manifests.container(workload);
        findings.equal(name + ": containers", 1, pod.at("containers").items().size());
        findings.unless(pod.at("initContainers").missing(), "%s has other containers", name);
        for (String off : List.of("automountServiceAccountToken", "enableServiceLinks")) {
            findings.equal(name + ": " + off, "false", pod.at(off).text());
        }
        for (String off : List.of("hostNetwork", "hostPID", "hostIPC")) {
            findings.unless(pod.at(off).missing(), "%s has %s", name, off);
        }
        Tree security = pod.at("securityContext");
        findings.equal(
                name + ": runAsNonRoot", "true", security.at("runAsNonRoot").text());
        for (String id : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            findings.equal(name + ": " + id, USER, security.at(id).number());
        }
        findings.equal(
                name + ": seccompProfile",
                "RuntimeDefault",
                security.at("seccompProfile", "type").text());
        Tree own = container.at("securityContext");
        findings.equal(
                name + ": allowPrivilegeEscalation",
                "false",
                own.at("allowPrivilegeEscalation").text());
        findings.equal(
                name + ": readOnlyRootFilesystem",
                "true",
                own.at("readOnlyRootFilesystem").text());
        findings.equal(
                name + ": dropped capabilities",
                List.of("ALL"),
                own.at("capabilities", "drop").texts());
        findings.unless(own.at("capabilities", "add").missing(), "%s adds capabilities", name);
        findings.equal(
                name + ": image",
                String.valueOf(IMAGES.get(name)),
                container.at("image").text().replaceFirst(":.*", ""));
        Tree memory = container.at("resources", "limits", "memory");
        findings.unless(!memory.missing(), "%s has no bound for memory", name);
        findings.equal(
                name + ": memory that is asked for",
                memory.text(),
                container.at("resources", "requests", "memory").text());
        findings.unless(!container.at("resources", "requests", "cpu").missing(), "%s asks for no CPU", name);
        findings.equal(
                name + ": label part-of",
                "votelog",
                String.valueOf(Manifests.podLabels(workload).get("app.kubernetes.io/part-of")));
    }

    private static void mounted(Tree workload, Findings findings) {
        String name = workload.name();
        Map<String, String> mounts = new TreeMap<>();
        for (Tree mount : Manifests.container(workload).at("volumeMounts").items()) {
            String path = mount.at("mountPath").text();
            mounts.put(mount.at("name").text(), path);
            boolean written = path.equals("/tmp") || path.equals(STATE);
            findings.equal(
                    mount.where() + ": readOnly",
                    written ? "" : "true",
                    mount.at("readOnly").text());
        }
        Set<String> volumes = new TreeSet<>();
        for (Tree volume : Manifests.podSpec(workload).at("volumes").items()) {
            volumes.add(volume.at("name").text());
            findings.unless(volume.at("hostPath").missing(), "%s mounts a folder of its machine", volume.where());
        }
        for (Tree claim : workload.at("spec", "volumeClaimTemplates").items()) {
            volumes.add(claim.at("metadata", "name").text());
            findings.equal(
                    claim.where() + ": mounted at",
                    STATE,
                    String.valueOf(mounts.get(claim.at("metadata", "name").text())));
        }
        findings.sameMembers("volumes that are mounted in " + name, volumes, mounts.keySet());
        findings.unless(mounts.containsValue("/tmp"), "%s has no folder /tmp that it can write to", name);
        findings.equal(
                name + ": keeps state",
                workload.kind().equals("StatefulSet"),
                !workload.at("spec", "volumeClaimTemplates").items().isEmpty());
    }

    private static void opened(Part part, Tree workload, Findings findings) {
        Tree container = Manifests.container(workload);
        Map<String, Integer> ports = new TreeMap<>();
        container
                .at("ports")
                .items()
                .forEach(port -> ports.put(
                        port.at("name").text(), port.at("containerPort").number()));
        findings.sameEntries("ports of " + workload.name(), new TreeMap<>(part.ports()), ports);
        Tree health = part.ownSettings().at("management", "endpoint", "health");
        findings.equal(
                part.module() + ": probes that the app has",
                "true",
                health.at("probes", "enabled").text());
    }

    /** @param ready the group of health by which a pod is taken for ready once it has started */
    static void probed(Tree workload, String ready, Findings findings) {
        Tree container = Manifests.container(workload);
        // Started and alive must not be one question: what never was ready is not to be killed for it after a minute.
        Map<String, String> asked =
                Map.of("startupProbe", "readiness", "livenessProbe", "liveness", "readinessProbe", ready);
        new TreeMap<>(asked).forEach((probe, group) -> {
            Tree get = container.at(probe, "httpGet");
            String what = workload.name() + ": " + probe;
            findings.equal(what + " asks the port", "management", get.at("port").text());
            String path = get.at("path").text();
            findings.unless(
                    path.equals("/actuator/health/" + group),
                    "%s asks %s; expected: %s below /actuator/health/",
                    what,
                    path,
                    group);
            findings.unless(
                    container.at(probe, "periodSeconds").number()
                            >= container.at(probe, "timeoutSeconds").number(),
                    "%s may take longer than until the next one",
                    what);
        });
        Duration start = Duration.ofSeconds(
                (long) container.at("startupProbe", "periodSeconds").number()
                        * container.at("startupProbe", "failureThreshold").number());
        findings.unless(
                start.compareTo(Duration.ofSeconds(90)) >= 0,
                "%s is given %s to start, and waits for its brokers for 60 s itself",
                workload.name(),
                start);
    }

    private static void stops(Manifests manifests, Findings findings) {
        for (Part part : Part.values()) {
            Tree pod = Manifests.podSpec(part.workload(manifests));
            Duration least = duration(part.ownSettings().at("spring", "lifecycle", "timeout-per-shutdown-phase"))
                    .plusSeconds(Math.max(
                            0,
                            pod.at("containers", 0, "lifecycle", "preStop", "sleep", "seconds")
                                    .number()))
                    .plus(JVMS_OWN);
            if (part == Part.STREAMS) {
                least = least.plus(Settings.of(part).defaultDuration("votelog.streams.close-timeout"));
            }
            long given = pod.at("terminationGracePeriodSeconds").number();
            findings.unless(
                    given >= least.toSeconds(),
                    "%s is given %d s to stop; expected: %d at least",
                    part.workloadName(),
                    given,
                    least.toSeconds());
            findings.unless(
                    pod.at("containers", 0, "lifecycle", "preStop", "sleep", "seconds")
                                    .number()
                            > 0,
                    "%s stops while proxies still send to it",
                    part.workloadName());
        }
    }

    private static Duration duration(Tree tree) {
        return DurationStyle.detectAndParse(tree.text());
    }
}
