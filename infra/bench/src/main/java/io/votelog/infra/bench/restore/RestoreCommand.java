// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

import io.votelog.infra.bench.log.ConsumerPerf;
import io.votelog.infra.bench.log.CountingOptions;
import io.votelog.infra.bench.log.LogOptions;
import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.log.Outputs;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.FreePorts;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run restore}: how long streams-app is away after an accident. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a log on a broker of its own, has streams-app count it, and has accidents happen while further votes come in: the"
                    + " instance is killed, it loses its disk too, or another one takes over, with and without a standby copy. Prints as a"
                    + " Markdown table how long it takes until the instance is ready, has counted votes that were written after the kill,"
                    + " and tells old votes by their receipts, beside a start with nothing to restore, and beside the time in which"
                    + " kafka-consumer-perf-test reads the log. What is counted after each accident must be right."
        })
public final class RestoreCommand implements Callable<Integer> {
    private static final int RETRIED_PERCENT = 5;
    private static final int FEW_VOTERS = 100;

    @Mixin
    LogOptions made = new LogOptions();

    @Mixin
    CountingOptions counting = new CountingOptions();

    @Option(
            names = "--voters",
            defaultValue = "1000000",
            description = "each with one vote, every twentieth of them sent twice; default: ${DEFAULT-VALUE}")
    int voters;

    @Option(names = "--rounds", defaultValue = "3", description = "of each, in turn; default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "of ${COMPLETION-CANDIDATES}; default: all of them")
    List<Accident> only = List.of(Accident.values());

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        Path folder = made.folder("restore-");
        FreePorts ports = new FreePorts();
        try (KafkaCluster kafka = KafkaCluster.single(folder.resolve("kafka"))
                .heap(counting.brokerHeap)
                .start()) {
            MadeLog log = new MadeLog(
                    kafka.bootstrapServers(), TestSystem.seed(), made.partitions, RETRIED_PERCENT, made.seed);
            Outputs outputs = new Outputs(kafka.bootstrapServers(), log);
            ConsumerPerf perf = new ConsumerPerf(log, folder);
            try (CountingApp first = new CountingApp("first", counting, log, folder, ports);
                    CountingApp second = new CountingApp("second", counting, log, folder, ports)) {
                measure(log, new Accidents(log, outputs, perf, first, second));
            }
            return 0;
        } finally {
            made.delete(folder);
        }
    }

    private void measure(MadeLog log, Accidents accidents) {
        List<Measured> nothing = new ArrayList<>();
        log.writeVotes(FEW_VOTERS);
        for (int round = 1; round <= rounds; round++) {
            nothing.add(accidents.strike(Accident.KILL));
            say(round, "nothing to restore", nothing);
        }
        log.writeMore(voters);
        out.printf(
                Locale.ROOT,
                "%,d records of votes in %d partitions, %,d voters, %d cores, JDK %s, heap %s%n",
                log.records(),
                log.partitions(),
                voters,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                counting.heap);
        Map<Accident, List<Measured>> measured = new EnumMap<>(Accident.class);
        for (int round = 1; round <= rounds; round++) {
            for (Accident accident : only) {
                List<Measured> all = measured.computeIfAbsent(accident, any -> new ArrayList<>());
                all.add(accidents.strike(accident));
                say(round, accident.toString(), all);
            }
        }
        new RestoreTable(nothing, measured).print(out);
    }

    private void say(int round, String what, List<Measured> all) {
        Measured last = all.get(all.size() - 1);
        out.printf(
                Locale.ROOT,
                "round %d: %s: ready %.1f s, votes %.1f s, receipts %.1f s; consumer %.1f s%n",
                round,
                what,
                last.back().ready(),
                last.back().votes(),
                last.back().receipts(),
                last.consumer());
    }
}
