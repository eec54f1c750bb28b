// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.count;

import io.votelog.infra.bench.log.CountingOptions;
import io.votelog.infra.bench.log.LogOptions;
import io.votelog.infra.bench.log.MadeLog;
import io.votelog.infra.bench.log.Outputs;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.LargeBallot;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Median;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.KafkaCluster;
import io.votelog.infra.system.FreePorts;
import io.votelog.rules.Ballot;
import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.schemas.registry.SchemaRegistry;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run count}: the count of a log that is already there. */
@Command(
        name = "count",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a log on a broker of its own and has streams-app count it from its beginning, in turn with a topology that passes each"
                    + " vote on as it is, and with the count as a book would write it in Kafka Streams' DSL, all three exactly once, with two"
                    + " threads and the same commit interval. Prints as a Markdown table votes a second between a quarter and nineteen"
                    + " twentieths of the log, by committed offsets, and CPU a vote. What comes out of each round must be right."
        })
public final class CountCommand implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int SEED_OPTIONS = 43;
    private static final String BROKER = "broker";
    private static final String APP = "app";

    @Mixin
    LogOptions made = new LogOptions();

    @Option(names = "--voters", defaultValue = "2000000", description = "default: ${DEFAULT-VALUE}")
    int voters;

    @Option(
            names = "--duplicates",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description = "voters of a hundred who send their vote twice; default: ${DEFAULT-VALUE}")
    int duplicates;

    @Option(
            names = "--options",
            defaultValue = "43",
            description = "of the ballot, up to 1,024; default: the seed's ballot, which has ${DEFAULT-VALUE}")
    int options;

    @Option(
            names = "--picks",
            description = "options that each vote picks; default: as the ballot's rules allow, drawn")
    @Nullable
    Integer picks;

    @Option(names = "--rounds", defaultValue = "5", description = "of each, in turn; default: ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "of ${COMPLETION-CANDIDATES}; default: all of them")
    List<Contestant> only = List.of(Contestant.values());

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description =
                    "the schema registry of the contestant registry, filled by schemas/register.py; without it that one is left out")
    @Nullable
    URI registry;

    @Mixin
    CountingOptions counting = new CountingOptions();

    private final PrintStream out = System.out;
    private final FreePorts ports = new FreePorts();

    @Override
    public Integer call() {
        Set<Contestant> contestants = EnumSet.copyOf(only);
        if (registry == null) {
            contestants.remove(Contestant.REGISTRY);
        }
        if (contestants.isEmpty()) {
            throw new BenchException("registry needs --registry URL, where schemas/register.py was run");
        }
        SchemaIds schemas = schemas();
        Path folder = made.folder("count-");
        try (Counted plain = new Counted(folder.resolve("kafka"), SchemaIds.none());
                Counted registered = contestants.contains(Contestant.REGISTRY)
                        ? new Counted(folder.resolve("kafka-registry"), schemas)
                        : null) {
            MadeLog log = plain.log;
            for (String topic : List.of(PassThrough.OUT, Textbook.DECISIONS, Textbook.COUNTS)) {
                new BrokerTopics(log.bootstrapServers()).createLikeVotes(topic, made.partitions);
                if (registered != null) {
                    new BrokerTopics(registered.log.bootstrapServers()).createLikeVotes(topic, made.partitions);
                }
            }
            out.printf(
                    Locale.ROOT,
                    "%,d records of votes in %d partitions, %,d voters, %d options, %d cores, JDK %s, heap %s%n",
                    log.records(),
                    made.partitions,
                    voters,
                    log.ballot().optionCount(),
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("java.version"),
                    counting.heap);
            Map<Contestant, List<Drain.Measured>> measured = new EnumMap<>(Contestant.class);
            for (int round = 1; round <= rounds; round++) {
                for (Contestant contestant : contestants) {
                    Counted counted = contestant == Contestant.REGISTRY && registered != null ? registered : plain;
                    Drain.Measured drained = drain(contestant, round, counted, folder);
                    measured.computeIfAbsent(contestant, any -> new ArrayList<>())
                            .add(drained);
                    out.printf(
                            Locale.ROOT,
                            "round %d: %s %,.0f/s, CPU µs a vote: app %.1f, broker %.1f%n",
                            round,
                            contestant.id(),
                            drained.perSecond(),
                            drained.cpuMicros().get(APP),
                            drained.cpuMicros().get(BROKER));
                }
            }
            print(measured);
            return 0;
        } finally {
            made.delete(folder);
        }
    }

    /** What a log in registry form is written with, and what streams-app writes then. */
    private SchemaIds schemas() {
        return registry == null
                ? SchemaIds.none()
                : new SchemaRegistry(registry, SchemaRegistry.PATIENCE).idsOf(List.of(Topics.VOTES, Topics.BALLOTS));
    }

    /** A log on a broker of its own. */
    private final class Counted implements AutoCloseable {
        private final KafkaCluster kafka;
        private final Admin admin;
        private final MadeLog log;

        Counted(Path folder, SchemaIds schemas) {
            kafka = KafkaCluster.single(folder).heap(counting.brokerHeap).start();
            admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
            log = new MadeLog(kafka.bootstrapServers(), ballot(), made.partitions, duplicates, made.seed, schemas);
            log.writeVotes(voters);
        }

        @Override
        public void close() {
            try (kafka) {
                admin.close();
            }
        }
    }

    private Ballot ballot() {
        Integer each = picks;
        if (options == SEED_OPTIONS && each == null) {
            return TestSystem.seed();
        }
        return each == null ? LargeBallot.of(options) : LargeBallot.of(options, each, each);
    }

    private Drain.Measured drain(Contestant contestant, int round, Counted counted, Path folder) {
        KafkaCluster kafka = counted.kafka;
        Admin admin = counted.admin;
        MadeLog log = counted.log;
        String group = "%s-%d".formatted(contestant.id(), round);
        Path state = folder.resolve("state").resolve(group);
        Outputs outputs = new Outputs(kafka.bootstrapServers(), log);
        PeerOutputs peers = new PeerOutputs(outputs, log);
        Map<TopicPartition, Long> from = outputs.ends(
                Topics.RESULTS.name(), Topics.DECISIONS.name(), PassThrough.OUT, Textbook.DECISIONS, Textbook.COUNTS);
        ChildJvm app = child(contestant, group, log, state)
                .workingDir(folder)
                .logFile(folder.resolve("logs").resolve(group + ".log"))
                .start();
        try {
            Drain.Measured measured =
                    new Drain(admin, log.records(), Map.of(APP, app.pid(), BROKER, kafka.pid(1))).await(group, app);
            switch (contestant) {
                case PASS_THROUGH -> peers.requirePassed(from);
                case STREAMS_APP, REGISTRY -> outputs.requireResults(from);
                case TEXTBOOK -> peers.requireCounts(from);
            }
            return measured;
        } finally {
            app.stop(GRACE);
            Workspace.delete(state);
            deleteChangelogs(group, admin);
        }
    }

    private ChildJvm.Builder child(Contestant contestant, String group, MadeLog log, Path state) {
        if (contestant == Contestant.STREAMS_APP) {
            return counting.app(group, log, group, state, ports.next(), ports.next());
        }
        if (contestant == Contestant.REGISTRY) {
            return counting.app(
                    group, log, group, state, ports.next(), ports.next(), "--votelog.schema-registry=" + registry);
        }
        return ChildJvm.of(group, StreamsPeer.class.getName())
                .jvmArgs(counting.jvm())
                .args(contestant.id(), log.bootstrapServers(), group, state.toString());
    }

    private static void deleteChangelogs(String group, Admin admin) {
        try {
            Collection<String> internal = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith(group + "-"))
                    .toList();
            admin.deleteTopics(internal).all().get();
        } catch (ExecutionException e) {
            throw new BenchException("the topics of %s cannot be deleted: %s".formatted(group, e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void print(Map<Contestant, List<Drain.Measured>> measured) {
        out.println();
        out.println("| what | votes a second | of pass-through | of the textbook | CPU µs a vote: app, broker |");
        out.println("|---|---|---|---|---|");
        measured.forEach((contestant, all) -> out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %s | %s | %.1f, %.1f |%n",
                contestant.title(),
                Median.of(all, Drain.Measured::perSecond),
                ratio(all, measured.get(Contestant.PASS_THROUGH)),
                ratio(all, measured.get(Contestant.TEXTBOOK)),
                Median.of(all, one -> one.cpuMicros().get(APP)),
                Median.of(all, one -> one.cpuMicros().get(BROKER))));
    }

    /** The median of the rounds' ratios: what the machine does beside lasts for both of a round. */
    private static String ratio(List<Drain.Measured> all, @Nullable List<Drain.Measured> of) {
        if (of == null) {
            return "";
        }
        List<Integer> indices = new ArrayList<>();
        for (int round = 0; round < all.size(); round++) {
            indices.add(round);
        }
        return String.format(
                Locale.ROOT,
                "%.2f",
                Median.of(
                        indices,
                        round -> all.get(round).perSecond() / of.get(round).perSecond()));
    }
}
