// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.power;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.chaos.disk.Disk;
import io.votelog.infra.chaos.load.Answer;
import io.votelog.infra.chaos.load.Verdicts;
import io.votelog.infra.chaos.system.Auditor;
import io.votelog.infra.chaos.system.Pauses;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Rounds of votes that end with a loss of power. They go on with the same log until that has lost something; the next round begins
 * another one then.
 */
final class PowerRun {
    private static final String BALLOT_HAS = "/turnout/accepted";
    private static final Duration COUNTED = Duration.ofSeconds(40);
    private static final Duration NOTICED = Duration.ofSeconds(40);
    /** Kafka syncs the folder in which new partitions are with the next checkpoint, every five seconds. */
    private static final Duration FOLDERS_SYNCED = Duration.ofSeconds(6);

    private static final int SHORTEST_MS = 1_000;
    private static final int LONGEST_MS = 5_000;
    private static final int RECEIPTS = 20;
    private static final int RECEIPTS_OF_LOST = 5;

    private final Path root;
    private final long seed;
    private final int rounds;
    private final int brokers;
    private final Sync sync;
    private final boolean keep;
    private final PrintStream out;
    private final Random random;
    private @Nullable Stage stage;
    private @Nullable Crowd crowd;
    private long ackedBefore;
    private final Map<String, Long> figures = new LinkedHashMap<>();

    PowerRun(Path root, long seed, int rounds, int brokers, Sync sync, boolean keep, PrintStream out) {
        this.root = root;
        this.seed = seed;
        this.rounds = rounds;
        this.brokers = brokers;
        this.sync = sync;
        this.keep = keep;
        this.out = out;
        this.random = new Random(seed);
    }

    /** Returns when all is stopped; says whether all was as it must be. */
    boolean run() throws IOException, InterruptedException {
        Path home = Files.createDirectories(root.resolve(".votelog/chaos"));
        Path dir = Files.createTempDirectory(home, "power-");
        out.printf(
                "seed %d, %d rounds, %s, %s; data and logs are in %s%n",
                seed, rounds, brokers == 1 ? "one broker" : brokers + " brokers", sync.what(), dir);
        for (String figure : new String[] {
            "acknowledged votes",
            "acknowledged votes that are lost",
            "rounds in which streams-app went on by itself",
            "rounds in which streams-app went on after a restart",
            "rounds in which streams-app went on after a new beginning",
            "rounds with lost votes",
            "rounds in which streams-app named the loss",
            "rounds in which the auditor named it",
            "rounds in which nobody but the receipts did",
            "rounds that are not as they must be"
        }) {
            figures.put(figure, 0L);
        }
        boolean right = true;
        try {
            for (int round = 1; round <= rounds; round++) {
                right &= round(round, dir);
            }
        } finally {
            endStage();
        }
        out.println();
        figures.forEach((name, number) -> out.printf("%-58s %,d%n", name, number));
        if (right && !keep) {
            FileTrees.delete(dir);
        }
        return right;
    }

    private void count(String figure, long more) {
        figures.merge(figure, more, Long::sum);
    }

    private void endStage() {
        Stage last = stage;
        stage = null;
        crowd = null;
        if (last != null) {
            last.close();
        }
    }

    /** One round; says whether what came of it is as it must be. */
    private boolean round(int number, Path dir) throws IOException, InterruptedException {
        Stage at = stage;
        Crowd voters = crowd;
        if (at == null || voters == null) {
            at = Stage.start(root, dir.resolve("log-from-" + number), brokers, sync, random);
            stage = at;
            voters = new Crowd(at.gateways(), at.ballot(), new Random(random.nextLong()));
            crowd = voters;
            ackedBefore = 0;
            Pauses.sleep(FOLDERS_SYNCED);
        }
        int lengthMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS);
        boolean streamsToo = random.nextInt(4) == 0;
        voters.begin();
        Thread.sleep(lengthMs);
        Disk.Lost gone = at.losePower();
        if (streamsToo) {
            at.streams().kill();
        }
        at.powerIsBack();
        voters.end();
        if (streamsToo) {
            at.streams().start();
        }
        at.gateway().awaitReady(Stage.PATIENCE);
        LoggedVotes log = LoggedVotes.read(at.bootstrapServers());
        Map<UUID, Answer.Acked> acked = voters.acked();
        Map<UUID, Answer.Acked> lost = log.lost(acked);
        count("acknowledged votes", acked.size() - ackedBefore);
        out.printf(
                "%nround %d: %d votes acknowledged, power lost after %.1f s%s; the disks have not %d files and %,d bytes;"
                        + " %d acknowledged votes are lost%n",
                number,
                acked.size() - ackedBefore,
                lengthMs / 1_000.0,
                streamsToo ? ", of streams-app too" : "",
                gone.files(),
                gone.bytes(),
                lost.size());
        ackedBefore = acked.size();
        boolean right = lost.isEmpty() ? isWhole(at, log, acked) : isNamed(at, voters, lost);
        if (!right) {
            count("rounds that are not as they must be", 1);
        }
        if (!lost.isEmpty() || !right) {
            endStage();
        }
        return right;
    }

    /** Nothing is lost, so all of it must be counted, each once, and the auditor must find nothing. */
    private boolean isWhole(Stage at, LoggedVotes log, Map<UUID, Answer.Acked> acked)
            throws IOException, InterruptedException {
        String how = "by itself";
        boolean counted = isCounted(at, log);
        if (!counted) {
            out.printf("  streams-app does not go on: %s%n", at.standstill());
            how = "after a restart";
            at.restartStreams();
            counted = isCounted(at, log);
        }
        if (!counted && sync != Sync.ALL) {
            out.printf("  nor after a restart: %s%n", at.standstill());
            how = "after a new beginning";
            at.countAnew();
            counted = isCounted(at, log);
        }
        count("rounds in which streams-app went on " + how, 1);
        JsonNode health = at.logHealth();
        int wrong = 0;
        int asked = 0;
        for (Answer.Acked vote : acked.values()) {
            if (asked < RECEIPTS) {
                asked++;
                wrong += told(at, vote).equals(Verdicts.ACCEPTED) ? 0 : 1;
            }
        }
        Auditor.Said audit = at.replay();
        boolean noFault = health.path("missingOffsets").asLong(-1) == 0
                && health.path("replacedRecords").asLong(-1) == 0
                && !health.has("cut");
        out.printf(
                "  streams-app %s: %,d voters of %,d in the log, %s%s; %d of %d receipts tell another verdict or none; auditor: %s%n",
                how,
                accepted(at),
                log.voters(),
                health,
                at.streams().alive() ? "" : ", " + lastWords(at),
                wrong,
                asked,
                tell(audit));
        return counted && noFault && wrong == 0 && audit.exitCode() == 0;
    }

    private static boolean isCounted(Stage at, LoggedVotes log) {
        return Pauses.until(COUNTED, () -> at.isLive() && accepted(at) == log.voters());
    }

    /** Votes are lost, so somebody must say so, and nobody may say that all is well. */
    private boolean isNamed(Stage at, Crowd voters, Map<UUID, Answer.Acked> lost)
            throws IOException, InterruptedException {
        count("acknowledged votes that are lost", lost.size());
        count("rounds with lost votes", 1);
        Map<String, Long> receipts = lost.values().stream()
                .limit(RECEIPTS_OF_LOST)
                .collect(Collectors.groupingBy(vote -> told(at, vote), Collectors.counting()));
        out.printf("  receipts of lost votes, while streams-app goes on: %s%n", receipts);
        out.printf(
                "  gateway: a further vote is %s%n",
                voters.cast(random).getClass().getSimpleName());
        Pauses.until(NOTICED, () -> !at.streams().alive() || faults(at) > 0);
        boolean named = told(at);
        if (at.streams().alive()) {
            at.restartStreams();
            out.print("  started again: ");
            named |= told(at);
        }
        if (at.streams().alive()) {
            Map<String, Long> after = lost.values().stream()
                    .limit(RECEIPTS_OF_LOST)
                    .collect(Collectors.groupingBy(vote -> told(at, vote), Collectors.counting()));
            out.printf("  receipts of lost votes then: %s%n", after);
        }
        Auditor.Said audit = at.replay();
        boolean audited = audit.exitCode() != 0;
        out.printf("  auditor: %s%n", tell(audit));
        at.countAnew();
        boolean anew = Pauses.until(COUNTED, () -> at.replay().exitCode() == 0);
        out.printf("  counted anew: %,d voters, auditor: %s%n", accepted(at), anew ? "exit code 0" : tell(at.replay()));
        count("rounds in which streams-app named the loss", named ? 1 : 0);
        count("rounds in which the auditor named it", audited ? 1 : 0);
        count("rounds in which nobody but the receipts did", named || audited ? 0 : 1);
        return sync == Sync.NOTHING && (named || audited) && anew;
    }

    /** Prints what streams-app says, and tells whether it says that the log is not whole. */
    private boolean told(Stage at) {
        if (!at.streams().alive()) {
            out.printf("  streams-app: %s%n", lastWords(at));
            return true;
        }
        JsonNode results = at.readSideResults();
        out.printf("  streams-app: goes on, %s, %s accepted%n", at.logHealth(), results.at(BALLOT_HAS));
        return faults(at) > 0;
    }

    private static long faults(Stage at) {
        JsonNode health = at.logHealth();
        return health.path("missingOffsets").asLong(0)
                + health.path("replacedRecords").asLong(0)
                + (health.has("cut") ? 1 : 0);
    }

    private static long accepted(Stage at) {
        return at.readSideResults().at(BALLOT_HAS).asLong(-1);
    }

    /** What a receipt tells. */
    private static String told(Stage at, Answer.Acked vote) {
        try {
            Optional<String> verdict = at.readSide().verdict(0, at.ballot().id(), vote, 2);
            return verdict.orElse("nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "nothing";
        }
    }

    private static String lastWords(Stage at) {
        return "exit code %d: %s"
                .formatted(
                        at.streams().child().exitCode().orElse(-1),
                        at.streams().child().logTail(400).stream()
                                .filter(line -> line.contains("the application stops"))
                                .reduce((first, second) -> second)
                                .map(line -> line.substring(line.indexOf("the application stops")))
                                .orElse("no sentence"));
    }

    private static String tell(Auditor.Said said) {
        String failed = said.text()
                .lines()
                .filter(line -> line.matches(" *\\d+ +(FAIL|SKIPPED).*"))
                .map(String::strip)
                .collect(Collectors.joining("\n    "));
        return "exit code %d%s".formatted(said.exitCode(), failed.isEmpty() ? "" : "\n    " + failed);
    }
}
