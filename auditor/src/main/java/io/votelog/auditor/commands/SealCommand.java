// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.FinalResults;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedTreeWriter;
import io.votelog.auditor.seal.Sealer;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.seal.SealsTopic;
import io.votelog.auditor.seal.VerdictLeaves;
import io.votelog.auditor.seal.VoteLeaves;
import io.votelog.auditor.seal.Witnesses;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.CountingProgress;
import io.votelog.auditor.source.Outage;
import io.votelog.auditor.source.PartitionTail;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code votelog-auditor seal}. */
@Command(
        name = "seal",
        sortOptions = false,
        description = {
            "Seals the log as it grows: signs, again and again, what stands in it up to here, so that nobody can change the past"
                    + " unnoticed, whoever runs this program included.",
            "",
            "It keeps two transparency logs in a folder of static files, FOLDER/votes and FOLDER/verdicts: a leaf for each record"
                    + " of votes, which commits to it and does not say what is in it, and leaf for leaf the verdict on it. They are"
                    + " in the standard formats (C2SP tlog-tiles, tlog-checkpoint, signed-note). Any web server can publish the"
                    + " folder.",
            "",
            "It runs until it is stopped, through outages of the brokers too, and goes on where it stopped. One sealer seals a log: a"
                    + " second one takes over from the first, which ends."
        })
public final class SealCommand implements Callable<Integer> {
    private static final String LOCK = ".lock";
    private static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(2);

    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "brokers that hold the log, with commas between")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String bootstrapServers;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "settings of the Kafka clients, such as TLS and SASL, as Kafka's own tools take them")
    private @Nullable Path commandConfig;

    @Option(names = "--log", required = true, paramLabel = "FOLDER", description = "where the sealed log is kept")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path folder;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "the keys that sign, as keygen makes them; their names are the trees' origins")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path key;

    @Option(
            names = "--group",
            paramLabel = "ID",
            description =
                    "the consumer group that counts, votelog.streams.application-id of the streams apps (default: ${DEFAULT-VALUE})")
    private String group = "votelog-streams";

    @Option(
            names = "--witnesses",
            paramLabel = "POLICY",
            description =
                    "a policy file (C2SP tlog-policy): its witnesses that have a URL are asked to cosign, and a checkpoint is"
                            + " shown when the quorum has, or when they had time for it")
    private @Nullable Path policy;

    private @Nullable Policy witnessed;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "how often it looks for what is new (default: ${DEFAULT-VALUE})")
    private double everySeconds = 5;

    @Option(names = "--once", description = "ends when all that was there is sealed, decided and signed")
    private boolean once;

    @Option(names = "--json", description = "a line of JSON for each time that something is sealed")
    private boolean json;

    /** Whether the log was opened once, so what the user said of it was right. */
    private boolean begun;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(everySeconds >= 0.1 && everySeconds <= 3600)) {
            throw new AuditException("--every is %s; 0.1 to 3600 seconds are allowed".formatted(everySeconds));
        }
        SealingKey signer = signer();
        witnessed = policy == null ? null : SealedLogOptions.policy(policy);
        Files.createDirectories(folder);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread stop = new Thread(() -> stop(stopped, ended), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try (FileChannel lock =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                throw new AuditException("another sealer writes into %s".formatted(folder));
            }
            ClusterAtStart.check(bootstrapServers, LogOptions.clientProperties(commandConfig), System.err);
            seal(signer, stopped);
        } finally {
            ended.countDown();
        }
        return Report.PASSED;
    }

    private static void stop(CountDownLatch stopped, CountDownLatch ended) {
        stopped.countDown();
        try {
            ended.await(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void seal(SealingKey signer, CountDownLatch stopped) throws InterruptedException {
        Map<String, String> properties = LogOptions.clientProperties(commandConfig);
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put("bootstrap.servers", bootstrapServers);
        try (BrokerSource source = new BrokerSource(bootstrapServers, properties);
                CountingProgress progress = new CountingProgress(Admin.create(settings), group)) {
            boolean goesOn = true;
            while (goesOn) {
                try {
                    goesOn = seal(signer, stopped, settings, source, progress);
                } catch (AuditException e) {
                    if (once || !begun || !Outage.is(e)) {
                        throw e;
                    }
                    System.err.printf("%s; tried again in %d s%n", e.getMessage(), AFTER_AN_OUTAGE.toSeconds());
                    goesOn = !stopped.await(AFTER_AN_OUTAGE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    /**
     * Seals until the program is stopped, nothing is left to do, or partitions are added to votes; returns whether
     * partitions were added.
     */
    private boolean seal(
            SealingKey signer,
            CountDownLatch stopped,
            Map<String, Object> settings,
            BrokerSource source,
            CountingProgress progress)
            throws InterruptedException {
        Map<String, Integer> partitions = progress.partitions(List.of(
                Topics.VOTES.name(),
                Topics.DECISIONS.name(),
                Topics.RESULTS.name(),
                Topics.DEAD_LETTERS.name(),
                Topics.SEALS.name()));
        int ofVotes = partitions.getOrDefault(Topics.VOTES.name(), 0);
        int ofResults = partitions.getOrDefault(Topics.RESULTS.name(), 0);
        try (SealsTopic topic = new SealsTopic(source, settings, ofVotes);
                FinalResults results = new FinalResults(tails(source, Topics.RESULTS.name(), ofResults));
                SealedTreeWriter votes = new SealedTreeWriter(
                        SealedLog.VOTES,
                        folder,
                        signer,
                        new VoteLeaves(tails(source, Topics.VOTES.name(), ofVotes)),
                        topic,
                        policy == null);
                SealedTreeWriter verdicts = new SealedTreeWriter(
                        SealedLog.VERDICTS,
                        folder,
                        signer,
                        new VerdictLeaves(source, progress),
                        topic,
                        policy == null)) {
            begin(source, signer, topic.seals().size());
            return run(new Sealer(topic, progress, votes, verdicts, results), votes, verdicts, stopped);
        }
    }

    private boolean run(Sealer sealer, SealedTreeWriter votes, SealedTreeWriter verdicts, CountDownLatch stopped)
            throws InterruptedException {
        try (Witnesses witnesses =
                witnessed == null ? null : new Witnesses(witnessed, folder, System.err, Witnesses.Patience.USUAL)) {
            long shown = -1;
            boolean done = false;
            while (!(once && done)) {
                done = sealer.step();
                long size = votes.checkpoint().size() + verdicts.checkpoint().size();
                if (size != shown) {
                    shown = size;
                    say(votes, verdicts);
                }
                if (witnesses != null
                        && votes.signed().isPresent()
                        && verdicts.signed().isPresent()) {
                    witnesses.publish(votes.signed().get(), verdicts.signed().get());
                }
                if (stopped.await(once ? 100 : Math.round(everySeconds * 1000), TimeUnit.MILLISECONDS)) {
                    return false;
                }
                if (sealer.isOutgrown()) {
                    return true;
                }
            }
            if (witnesses != null) {
                witnesses.finish();
            }
        }
        return false;
    }

    private void begin(BrokerSource source, SealingKey signer, int seals) {
        begun = true;
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "begun");
            line.put("source", source.name());
            line.put("log", folder.toString());
            line.put("origin", signer.origin());
            line.put("seals", seals);
            System.out.println(Texts.JSON_LINE.writeValueAsString(line));
        } else {
            System.out.printf(
                    "Sealing %s into %s as %s; %s so far%n",
                    source.name(), folder, signer.origin(), Texts.count(seals, "seal"));
        }
    }

    private void say(SealedTreeWriter votes, SealedTreeWriter verdicts) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "sealed");
            line.put(SealedLog.VOTES.path(), tree(votes));
            line.put(SealedLog.VERDICTS.path(), tree(verdicts));
            System.out.println(Texts.JSON_LINE.writeValueAsString(line));
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "sealed: %,d leaves of votes, %,d of verdicts%n",
                    votes.checkpoint().size(),
                    verdicts.checkpoint().size());
        }
    }

    private static Map<String, Object> tree(SealedTreeWriter writer) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("leaves", writer.checkpoint().size());
        tree.put("root", Base64.getEncoder().encodeToString(writer.checkpoint().root()));
        return tree;
    }

    private static List<PartitionTail> tails(BrokerSource source, String topic, int partitions) {
        List<PartitionTail> tails = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            tails.add(source.tail(topic, partition));
        }
        return tails;
    }

    private SealingKey signer() {
        try {
            return SealingKey.parse(InputFile.text(key, InputFile.SMALL));
        } catch (TlogException e) {
            throw new AuditException("%s holds no key: %s".formatted(key, e.getMessage()), e);
        }
    }
}
