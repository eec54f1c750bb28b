// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import io.votelog.auditor.AuditorApplication;
import io.votelog.auditor.seal.SealedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.ParameterException;

/** The sealers: of several one seals, and all of them serve the sealed log where the read side and the origin look for it. */
final class SealerRules {
    static final String NAME = "votelog-sealer";

    /** The Service by which readers reach whichever sealer is ready. */
    static final String READERS = "votelog-sealed-log";

    /** A sealer's stop waits for what it is at for so long. */
    private static final Duration STOP = Duration.ofSeconds(30);

    private static final Duration JVMS_OWN = Duration.ofSeconds(5);

    private static final Pattern CONTEXT = Pattern.compile("context\\(http, \"(/[a-z.]+)\"");

    private SealerRules() {}

    static Tree workload(Manifests manifests) {
        return manifests.named("StatefulSet", NAME);
    }

    static List<String> findings(Manifests manifests) {
        Findings findings = new Findings();
        Tree workload = workload(manifests);
        taken(workload, findings);
        manifests.ofKind("CronJob").forEach(job -> taken(job, findings));
        numbered(workload, findings);
        opened(workload, findings);
        PodRules.probed(workload, "readiness", findings);
        stops(workload, findings);
        served(workload, manifests, findings);
        return findings.lines();
    }

    /** The program reads its arguments as its own command line does. */
    private static void taken(Tree workload, Findings findings) {
        List<String> args = Manifests.container(workload).at("args").texts();
        try {
            AuditorApplication.commandLine().parseArgs(args.toArray(String[]::new));
        } catch (ParameterException e) {
            findings.add("%s: the auditor does not take its arguments: %s", workload.name(), e.getMessage());
        }
    }

    private static void numbered(Tree workload, Findings findings) {
        int sealers = workload.at("spec", "replicas").number();
        findings.unless(sealers >= 1, "the number of sealers is %d; expected: 1 at least", sealers);
        findings.unless(
                sealers <= 1 || Manifests.container(workload).at("args").texts().contains("--standby"),
                "the number of sealers is %d, and without --standby each shuts out the one before",
                sealers);
        findings.equal(
                "how sealers are started",
                "Parallel",
                workload.at("spec", "podManagementPolicy").text());
    }

    /** The ports of its pods, by name. */
    static Map<String, Integer> ports(Tree workload) {
        Map<String, Integer> ports = new TreeMap<>();
        Manifests.container(workload)
                .at("ports")
                .items()
                .forEach(port -> ports.put(
                        port.at("name").text(), port.at("containerPort").number()));
        return ports;
    }

    private static void opened(Tree workload, Findings findings) {
        Tree args = Manifests.container(workload).at("args");
        Map<String, Integer> told = new TreeMap<>();
        Map.of("http", "--serve", "management", "--management").forEach((port, option) -> {
            String address = SettingRules.option(args, option);
            findings.unless(
                    address.matches("0\\.0\\.0\\.0:[0-9]{2,5}"),
                    "%s listens at %s for %s; expected: a port at all addresses of the pod, as 0.0.0.0:PORT",
                    NAME,
                    address,
                    option);
            told.put(port, Integer.valueOf("0" + address.replaceFirst(".*:", "").replaceAll("[^0-9]", "")));
        });
        findings.sameEntries("ports of " + NAME, told, ports(workload));
        String keys = SettingRules.option(args, "--public-key-file");
        findings.unless(
                keys.endsWith("/votelog.log.public-keys"),
                "%s is not told the keys that the announcement names, but %s",
                NAME,
                keys);
    }

    private static void stops(Tree workload, Findings findings) {
        Tree pod = Manifests.podSpec(workload);
        int pause = pod.at("containers", 0, "lifecycle", "preStop", "sleep", "seconds")
                .number();
        findings.unless(pause > 0, "%s stops while proxies still send to it", NAME);
        long given = pod.at("terminationGracePeriodSeconds").number();
        long least = STOP.plus(JVMS_OWN).plusSeconds(Math.max(0, pause)).toSeconds();
        findings.unless(given >= least, "%s is given %d s to stop; expected: %d at least", NAME, given, least);
    }

    private static void served(Tree workload, Manifests manifests, Findings findings) {
        int port = Objects.requireNonNullElse(ports(workload).get("http"), -1);
        Tree readers = manifests.named("Service", READERS);
        findings.equal(
                readers.where() + ": selects",
                Map.of("app.kubernetes.io/name", NAME),
                readers.at("spec", "selector").scalars());
        findings.equal(
                readers.where() + ": port",
                port,
                readers.at("spec", "ports").item("name", "http").at("port").number());
        // By a name each, so that the read side asks the next one where the first one has no answer; one that is not
        // ready has no name.
        String service = workload.at("spec", "serviceName").text();
        findings.unless(
                manifests
                        .named("Service", service)
                        .at("spec", "publishNotReadyAddresses")
                        .missing(),
                "Service %s names sealers that are not ready",
                service);
        findings.equal(
                "where the read side looks for proofs",
                IntStream.range(0, Math.max(0, workload.at("spec", "replicas").number()))
                        .mapToObj(ordinal -> "http://%s-%d.%s:%d".formatted(workload.name(), ordinal, service, port))
                        .collect(Collectors.joining(",")),
                String.valueOf(new Pod(Part.STREAMS.workload(manifests), manifests)
                        .environment()
                        .get("VOTELOG_SEALED_LOG_URLS")));
    }

    /**
     * Examples of the paths at which a sealer's server is reached, by its code: what it has for everybody, and what it shows voters with a ticket.
     * Voters' proofs are handed on by the read side.
     */
    static List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (SealedLog tree : SealedLog.values()) {
            Stream.of("checkpoint", "tile/0/000", "tile/0/x001/234.p/7", "tile/entries/000")
                    .forEach(file -> paths.add("/" + tree.path() + "/" + file));
        }
        Set<String> fixed = CONTEXT.matcher(Yaml.text(
                        Place.ROOT.resolve("auditor/src/main/java/io/votelog/auditor/serve/SealedLogServer.java")))
                .results()
                .map(context -> context.group(1))
                .collect(Collectors.toSet());
        if (fixed.size() < 2) {
            throw new IllegalStateException("the sealer's server has other paths than are looked for here: " + fixed);
        }
        paths.addAll(fixed);
        paths.add("/v1/ballots/b/receipts/r/opening");
        return paths;
    }
}
