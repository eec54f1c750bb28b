// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.audit;

import io.votelog.infra.bench.log.Auditor;
import io.votelog.infra.bench.log.ConsumerPerf;
import io.votelog.infra.bench.log.LogOptions;
import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Median;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.schemas.Topics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code infra/bench/run audit}: the auditor's replay beside Kafka's own consumer benchmark. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a log on a broker of its own and has the auditor replay it, in turn with kafka-consumer-perf-test over its votes."
                    + " Prints records a second of both, and their ratio. The replay must pass. Then the log is sealed, copied as a backup, and the copy restored to another broker and held"
                    + " against it, once each."
        })
public final class AuditCommand implements Callable<Integer> {
    private static final int TAIL = 200;
    private static final int RETRIED_PERCENT = 5;
    private static final JsonMapper JSON = new JsonMapper();

    @Mixin
    LogOptions made = new LogOptions();

    @Option(
            names = "--voters",
            defaultValue = "3000000",
            description = "each with one vote, every twentieth of them sent twice; default: ${DEFAULT-VALUE}")
    int voters;

    @Option(names = "--rounds", defaultValue = "3", description = "of both, in turn; default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(names = "--heap", defaultValue = "1g", description = "of the auditor; default: ${DEFAULT-VALUE}")
    String heap = "1g";

    @Option(names = "--threads", description = "of the auditor; default: its own")
    @Nullable
    Integer threads;

    @Option(names = "--jvm-arg", paramLabel = "ARG", description = "a further option of its JVM; may be given again")
    List<String> jvmArgs = new ArrayList<>();

    @Option(names = "--broker-heap", defaultValue = "512m", description = "default: ${DEFAULT-VALUE}")
    String brokerHeap = "512m";

    private final PrintStream out = System.out;

    /**
     * Records a second.
     *
     * @param consumer of kafka-consumer-perf-test, over votes, from its first fetch on
     * @param votes of the replay's first step: votes are read, decided again and counted
     * @param whole of all that the replay does, over votes and decisions, from the start of its JVM on
     */
    private record Round(double consumer, double votes, double decisions, double whole) {}

    @Override
    public Integer call() {
        Path folder = made.folder("audit-");
        try (KafkaCluster kafka =
                KafkaCluster.single(folder.resolve("kafka")).heap(brokerHeap).start()) {
            MadeLog log = new MadeLog(
                    kafka.bootstrapServers(), TestSystem.seed(), made.partitions, RETRIED_PERCENT, made.seed);
            log.write(voters);
            out.printf(
                    Locale.ROOT,
                    "%,d records of votes in %d partitions, %,d voters, %d cores, JDK %s, auditor with -Xmx%s%n",
                    log.records(),
                    made.partitions,
                    voters,
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("java.version"),
                    heap);
            List<Round> all = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                Round measured = measure(kafka, log, folder, round);
                all.add(measured);
                out.printf(
                        Locale.ROOT,
                        "round %d: consumer %,.0f/s; replay: votes %,.0f/s (%.2f), decisions %,.0f/s, whole command %,.0f/s (%.2f)%n",
                        round,
                        measured.consumer(),
                        measured.votes(),
                        measured.votes() / measured.consumer(),
                        measured.decisions(),
                        measured.whole(),
                        measured.whole() / measured.consumer());
            }
            double sealed = seal(kafka, log, folder);
            print(all);
            out.printf(
                    Locale.ROOT,
                    "| seal: records a second into both trees, the whole command | %,.0f | | ≥ 100,000/s |%n",
                    sealed);
            backUp(kafka, log, folder);
            return 0;
        } finally {
            made.delete(folder);
        }
    }

    private Round measure(KafkaCluster kafka, MadeLog log, Path folder, int round) {
        double consumer = new ConsumerPerf(log, folder).recordsPerSecond("consumer-%d".formatted(round));
        long beginNs = System.nanoTime();
        JsonNode report = replay(kafka, log, folder, round);
        double seconds = (System.nanoTime() - beginNs) / 1e9;
        JsonNode votes = reading(report, Topics.VOTES.name());
        JsonNode decisions = reading(report, Topics.DECISIONS.name());
        double all =
                votes.path("records").doubleValue() + decisions.path("records").doubleValue();
        return new Round(consumer, rate(votes), rate(decisions), all / seconds);
    }

    /** Records a second, from the start of the sealer's JVM on; all of them are decided when it begins. */
    private double seal(KafkaCluster kafka, MadeLog log, Path folder) {
        log.haveCounted();
        Auditor auditor = auditor(folder);
        return log.records() / auditor.seal(kafka.bootstrapServers(), auditor.keys());
    }

    /** Each command from the start of its JVM on; the first copies decisions as well. */
    private void backUp(KafkaCluster kafka, MadeLog log, Path folder) {
        Auditor auditor = auditor(folder);
        String backup = folder.resolve("backup").toString();
        backedUp(
                "dump: votes and decisions copied",
                log.records() * 2,
                () -> auditor.run("dump", "dump", "--bootstrap-servers", kafka.bootstrapServers(), backup));
        try (KafkaCluster other =
                KafkaCluster.single(folder.resolve("restored")).heap(brokerHeap).start()) {
            backedUp(
                    "restore: votes written to an empty broker",
                    log.records(),
                    () -> auditor.run("restore", "restore", backup, "--bootstrap-servers", other.bootstrapServers()));
            backedUp(
                    "compare: votes of the restored log held against the backup",
                    log.records(),
                    () -> auditor.run(
                            "compare", "compare", backup, other.bootstrapServers(), "--public-key", log.publicKey()));
        }
    }

    private void backedUp(String what, long records, Runnable command) {
        long beginNs = System.nanoTime();
        command.run();
        double seconds = (System.nanoTime() - beginNs) / 1e9;
        out.printf(Locale.ROOT, "| %s: records a second, the whole command | %,.0f | | |%n", what, records / seconds);
    }

    private Auditor auditor(Path folder) {
        return new Auditor(folder, heap, jvmArgs);
    }

    private JsonNode replay(KafkaCluster kafka, MadeLog log, Path folder, int round) {
        List<String> arguments = new ArrayList<>(List.of(
                "replay", "--bootstrap-servers", kafka.bootstrapServers(), "--public-key", log.publicKey(), "--json"));
        if (threads != null) {
            arguments.addAll(List.of("--threads", threads.toString()));
        }
        ChildJvm replay = auditor(folder).run("replay-" + round, arguments.toArray(String[]::new));
        String said = String.join("\n", replay.logTail(TAIL));
        if (!said.contains("{")) {
            throw new BenchException(replay.obituary("the replay does not report"));
        }
        return JSON.readTree(said.substring(said.indexOf('{')));
    }

    private static JsonNode reading(JsonNode report, String topic) {
        return report.path("read")
                .valueStream()
                .filter(reading -> reading.path("of").stringValue("").equals(topic))
                .findFirst()
                .orElseThrow(() -> new BenchException("the auditor does not say how it read " + topic));
    }

    private static double rate(JsonNode reading) {
        return reading.path("records").doubleValue()
                / Math.max(1e-3, reading.path("seconds").doubleValue());
    }

    private void print(List<Round> all) {
        out.println();
        out.println("| what | records a second | of the consumer's | target |");
        out.println("|---|---|---|---|");
        row("kafka-consumer-perf-test over votes", all, Round::consumer, "");
        row("replay: votes read, decided again and counted", all, Round::votes, "≥ 0.60");
        row("replay: decisions read and compared", all, Round::decisions, "");
        row("replay: the whole command, votes and decisions", all, Round::whole, "");
    }

    private void row(String what, List<Round> all, ToDoubleFunction<Round> rate, String target) {
        out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %.2f | %s |%n",
                what,
                Median.of(all, rate),
                Median.of(all, round -> rate.applyAsDouble(round) / round.consumer()),
                target);
    }
}
