// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Gateway, broker and streams-app. A vote is counted when the published results say so. */
final class Votelog implements Contestant {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final TestSystem system;
    private final BrokerTopics topics;

    /** Starts what of it does not run yet. */
    Votelog(TestSystem system) {
        this.system = system;
        system.startStreams();
        topics = new BrokerTopics(system.kafka().bootstrapServers());
    }

    @Override
    public URI url() {
        return system.gatewayUrl();
    }

    @Override
    public void awaitCounted() {
        Map<Integer, Long> ends = topics.ends();
        long patienceEndNs = System.nanoTime() + PATIENCE.toNanos();
        while (behind(ends) > 0) {
            if (System.nanoTime() - patienceEndNs > 0) {
                throw new BenchException("streams-app has not counted to the end of the log after " + PATIENCE);
            }
            TestSystem.pause(LOOK_EVERY);
        }
    }

    /** Votes that are in the log now and not in the results that are published now. */
    long behind() {
        return behind(topics.ends());
    }

    private long behind(Map<Integer, Long> ends) {
        JsonNode positions = system.calls().json(system.resultsUrl()).path("positions");
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(
                        0,
                        end.getValue()
                                - positions.path(Integer.toString(end.getKey())).longValue(0)))
                .sum();
    }

    @Override
    public Counts counts() {
        JsonNode results = system.calls().json(system.resultsUrl());
        Map<String, Long> byId = new LinkedHashMap<>();
        results.path("sections").forEach(section -> section.path("options")
                .forEach(option -> byId.put(
                        option.path("id").stringValue(""), option.path("votes").longValue(-1))));
        List<Long> options = new ArrayList<>();
        for (int option = 0; option < system.ballot().optionCount(); option++) {
            options.add(byId.getOrDefault(system.ballot().optionId(option), -1L));
        }
        return new Counts(results.path("turnout").path("accepted").longValue(-1), options);
    }

    @Override
    public Map<String, Duration> cpu() {
        return CpuMeter.cpu(pids());
    }

    /** Its processes, by what they are called. */
    Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("gateway", system.gatewayPid());
        pids.put("broker", system.kafka().pid(1));
        pids.put("streams-app", system.streamsPid());
        return pids;
    }
}
