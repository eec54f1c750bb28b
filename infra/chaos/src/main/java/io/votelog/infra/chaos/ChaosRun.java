// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.chaos.account.Account;
import io.votelog.infra.chaos.account.Law;
import io.votelog.infra.chaos.account.Tables;
import io.votelog.infra.chaos.faults.Fault;
import io.votelog.infra.chaos.faults.Striker;
import io.votelog.infra.chaos.load.Elections;
import io.votelog.infra.chaos.load.Gateways;
import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.chaos.load.Pulse;
import io.votelog.infra.chaos.load.ReadSide;
import io.votelog.infra.chaos.load.ReceiptWatch;
import io.votelog.infra.chaos.load.ResultsReaders;
import io.votelog.infra.chaos.load.Voters;
import io.votelog.infra.chaos.system.Builds;
import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Pauses;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run: a system is started, voted at, broken and mended, drained and accounted for. */
final class ChaosRun {
    /**
     * In which the parts load their classes and compile; a system that is just started recovers more slowly than one that runs. Runs
     * of less than a minute do with less.
     */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final Duration SHORT_WARM_UP = Duration.ofSeconds(5);

    private static final Duration LAST_FAULT = Duration.ofSeconds(3);

    private final Builds builds;
    private final long seed;
    private final double minutes;
    private final int rounds;
    private final int rate;
    private final List<Fault> kinds;
    private final Ledger ledger;
    private final PrintStream out;

    /**
     * @param builds what the system is started from
     * @param minutes how long the system is broken, where there are no rounds
     * @param rounds how often it is broken by each kind; 0 where the minutes count
     * @param kinds those that faults are drawn from
     * @param ledger knows all that is sent
     */
    ChaosRun(
            Builds builds,
            long seed,
            double minutes,
            int rounds,
            int rate,
            List<Fault> kinds,
            Ledger ledger,
            PrintStream out) {
        this.builds = builds;
        this.seed = seed;
        this.minutes = minutes;
        this.rounds = rounds;
        this.rate = rate;
        this.kinds = List.copyOf(kinds);
        this.ledger = ledger;
        this.out = out;
    }

    /**
     * Returns when all is stopped; says whether every law held.
     *
     * @param keep whether the folder is kept in any case
     * @param json where the account is written to, if anywhere
     */
    boolean run(boolean keep, @Nullable Path json) throws IOException, InterruptedException {
        Path home = Files.createDirectories(builds.own().resolve(".votelog/chaos"));
        Path dir = Files.createTempDirectory(home, "run-");
        out.printf(
                Locale.ROOT,
                "seed %d, %s, %d voters/s, faults: %s%n",
                seed,
                rounds > 0 ? "each kind of fault " + rounds + " times" : minutes + " minutes",
                rate,
                kinds.stream().map(Fault::name).collect(Collectors.joining(",")));
        out.println("starting; data and logs are in " + dir);
        boolean held = false;
        try (Scene scene = Scene.start(builds, dir)) {
            Tables tables = run(scene, dir);
            tables.print(out);
            held = tables.held();
            if (json != null) {
                Files.write(json, tables.json());
            }
        }
        if (held && !keep) {
            FileTrees.delete(dir);
        } else {
            out.println("data and logs are kept in " + dir);
        }
        return held;
    }

    private Tables run(Scene scene, Path dir) throws InterruptedException {
        Random random = new Random(seed);
        Gateways gateways = new Gateways(scene.gatewayUrls(), scene.plan().secrets(), ledger);
        ReadSide readSide = new ReadSide(scene.instanceUrls());
        Pulse pulse = new Pulse(partitions(scene), scene.gatewayUrls().size(), Elections.MAIN);
        Elections elections = new Elections(gateways, new Random(random.nextLong()));
        elections.begin();
        ReceiptWatch receipts = new ReceiptWatch(readSide, ledger, pulse);
        ResultsReaders readers = new ResultsReaders(readSide, Elections.MAIN, pulse);
        readers.start();
        Voters voters = new Voters(random.nextLong(), rate, elections, gateways, ledger, pulse, receipts);
        Striker striker = new Striker(scene, pulse, kinds, new Random(random.nextLong()), out);
        Account account = new Account(scene, ledger, readSide, elections, out);

        out.println("voting");
        voters.start();
        Pauses.sleep(minutes < 1 ? SHORT_WARM_UP : WARM_UP);
        if (rounds > 0) {
            striker.strikeEach(rounds);
        } else {
            striker.strikeFor(Duration.ofMillis(Math.round(minutes * 60_000)));
        }
        Pauses.sleep(LAST_FAULT);
        out.println("nothing is broken any more; the ballots end");
        if (!voters.stop()) {
            account.offences().add(Law.NOT_DRAINED, "voters still wait for answers a minute after they came");
        }
        if (!elections.finish()) {
            account.offences().add(Law.NOT_DRAINED, "a ballot could not be ended");
        }
        receipts.stop();
        account.run(striker.struck(), readers.all(), dir.resolve("seen-checkpoints.json"));
        account.figures().put("voters who came", (long) voters.came());
        account.figures().put("voters who stayed out, too many waiting", voters.stayedOut());
        readers.end();
        return new Tables(seed, striker.struck(), account);
    }

    private static int partitions(Scene scene) throws InterruptedException {
        try {
            return scene.admin()
                    .describeTopics(List.of(Topics.VOTES.name()))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw new ChaosException("the brokers do not describe votes: " + e.getCause());
        }
    }
}
