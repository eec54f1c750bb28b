// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.load.VoteFates;
import io.votelog.infra.bench.load.VoteRequests;
import io.votelog.infra.bench.system.BrokerTopics;
import io.votelog.infra.bench.system.Heap;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** A system with its read side, loaded by votes whose fates are written down, for an account at the end. */
public final class AccountedLoad implements AutoCloseable {
    private static final int GENTLE_RATE = 12_000;
    private static final int GENTLE_CONNECTIONS = 4;
    private static final Duration WARMUP = Duration.ofSeconds(5);
    private static final Duration MAXIMUM = Duration.ofSeconds(10);
    private static final int HIGHEST_RATE = 60_000;

    private final SystemOptions options;
    private final TestSystem system;
    private final LoadGenerator generator = new LoadGenerator();
    private final VoteLedger ledger;
    private final PrintStream out;
    private int next;

    /** @param voters who may vote at most, those of the maximum aside */
    public AccountedLoad(SystemOptions options, int voters, PrintStream out) {
        this.options = options;
        this.out = out;
        system = TestSystem.start(options);
        try {
            system.startStreams();
            ledger = new VoteLedger(system.dir().resolve("ledger"), votersOfMaximum() + voters);
        } catch (RuntimeException e) {
            system.close();
            generator.close();
            throw e;
        }
        out.printf(
                "seed %d, %d cores, JDK %s, broker, gateway and read side on this machine%n",
                options.seed, Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
    }

    private int votersOfMaximum() {
        return (GENTLE_RATE + HIGHEST_RATE) * options.firstWarmupSeconds + votersFor(WARMUP.plus(MAXIMUM));
    }

    private static int votersFor(Duration length) {
        return (int) (HIGHEST_RATE * length.toSeconds());
    }

    /** Where the fate of each vote is written. */
    public VoteLedger ledger() {
        return ledger;
    }

    /** What sends, for who wants to send something beside the votes. */
    public LoadGenerator generator() {
        return generator;
    }

    /** The system that is loaded. */
    public TestSystem system() {
        return system;
    }

    /** Has gateway and read side compiled. Over few connections first, so that their compilers get a share of the cores. */
    public void warmUp() {
        Duration length = Duration.ofSeconds(options.firstWarmupSeconds);
        int gentle = GENTLE_RATE * options.firstWarmupSeconds;
        run(Load.closed(system.gatewayUrl(), GENTLE_CONNECTIONS, length, Duration.ofMillis(1), next, gentle));
        int fast = votersFor(length);
        run(Load.closed(system.gatewayUrl(), options.connections, length, Duration.ofMillis(1), next, fast));
    }

    /** The most votes a second that the gateway answers 202, with the read side at work. */
    double maximum() {
        int voters = votersFor(WARMUP.plus(MAXIMUM));
        LoadReport report = run(Load.closed(system.gatewayUrl(), options.connections, WARMUP, MAXIMUM, next, voters));
        out.printf(
                Locale.ROOT, "maximum      %,.0f votes/s (%d connections)%n", report.throughput(), options.connections);
        return report.throughput();
    }

    /**
     * An open load of voters who have not voted. Their tokens are signed before this returns, so that the time of the load is the load's.
     *
     * @param connections how many at most
     * @param rate votes a second
     */
    Load open(int connections, double rate, Duration length) {
        Load load = Load.open(system.gatewayUrl(), connections, rate, Duration.ZERO, length, next);
        requests(load);
        return load;
    }

    private VoteRequests requests(Load load) {
        return system.requests(system.gatewayUrl(), TokenAlgorithm.HS256, load.firstVoter(), load.voters());
    }

    /** Runs a load from the first voter on who has not voted. */
    public LoadReport run(Load load) {
        return run(load, ledger);
    }

    /**
     * The same.
     *
     * @param fates told of each vote's fate; it has to tell the {@linkplain #ledger ledger}
     */
    public LoadReport run(Load load, VoteFates fates) {
        LoadReport report = generator.run(load, requests(load), fates, LoadGenerator.Span.IGNORED);
        next = load.firstVoter() + report.voters();
        return report;
    }

    /** The first voter who has not voted. */
    public int nextVoter() {
        return next;
    }

    /** The gateway's live heap in MB, after a collection of its own. */
    long heapMb() {
        return Heap.liveKb(system.gatewayPid()) / 1024;
    }

    /** Waits for the read side, compares and prints; says whether all of it adds up. */
    public boolean account() {
        BrokerTopics topics = new BrokerTopics(system.kafka().bootstrapServers());
        if (!Account.awaitCounted(system, topics)) {
            out.println("account      DOES NOT ADD UP: the read side has not counted to the end of the log");
            return false;
        }
        return new Account(ledger, next, system.ballot(), system.votes(), options.seed, system.pepper())
                .check(topics, system.calls().json(system.resultsUrl()), out);
    }

    @Override
    public void close() {
        generator.close();
        ledger.close();
        system.close();
    }
}
