// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import io.votelog.auditor.commands.ClusterAtStart;
import io.votelog.auditor.commands.KeyOptions;
import io.votelog.auditor.commands.LogOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import io.votelog.auditor.sealing.SealingRun;
import io.votelog.auditor.serve.SealedLogServer;
import io.votelog.auditor.serve.SealerMeters;
import io.votelog.auditor.source.BrokerSource;
import io.votelog.auditor.source.RecordReader;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.verify.ReceiptProver;
import io.votelog.schemas.Topics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
                    + " second one takes over from the first, which ends, or waits for its turn with --standby."
        })
public final class SealCommand implements Callable<Integer> {
    private static final String LOCK = ".lock";
    private static final int PROOFS_AT_A_TIME = 4;
    private static final Duration PROOF_PATIENCE = Duration.ofSeconds(5);

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

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "how often it looks for what is new (default: ${DEFAULT-VALUE})")
    private double everySeconds = 5;

    @Option(names = "--once", description = "ends when all that was there is sealed, decided and signed")
    private boolean once;

    @Option(names = "--json", description = "a line of JSON for each time that something is sealed")
    private boolean json;

    @Option(
            names = "--standby",
            description =
                    "one of several sealers of this log with this option seals; each other keeps the same trees in a folder of its own, and takes"
                            + " over within seconds when that one is gone")
    private boolean standby;

    @Option(
            names = "--serve",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description =
                    "also serves the sealed log over HTTP, with voters' proofs and the page that checks them (host by default: 127.0.0.1)")
    private @Nullable ListenAddress serving;

    @Option(
            names = "--management",
            paramLabel = "[HOST:]PORT",
            converter = ListenAddress.Converter.class,
            description = "with --serve: health and metrics are served there, for the operator alone")
    private @Nullable ListenAddress management;

    @Option(
            names = "--openings",
            description =
                    "with --serve and the log's public keys: voters who come with a gateway's ticket are shown what the log has as their"
                            + " choices. Who can see that, can show it to a buyer of votes; without this option nobody can")
    private boolean openings;

    /** With --serve: the keys that the announcement names. */
    @Mixin
    private KeyOptions keys = new KeyOptions();

    private final SealerMeters meters = new SealerMeters();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(everySeconds >= 0.1 && everySeconds <= 3600)) {
            throw new AuditException("--every is %s; 0.1 to 3600 seconds are allowed".formatted(everySeconds));
        }
        if (once && (standby || serving != null)) {
            throw new AuditException("--once ends when all is sealed, and goes with neither --standby nor --serve");
        }
        if (serving == null && (management != null || openings || keys.given())) {
            throw new AuditException(
                    "--management, --openings and the log's public keys are for what --serve serves, which is not given");
        }
        SealingKey signer = signer();
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
        SealingRun run = new SealingRun(
                new SealingRun.Terms(
                        bootstrapServers,
                        properties,
                        folder,
                        signer,
                        group,
                        policy == null ? null : SealedLogOptions.policy(policy),
                        Duration.ofMillis(Math.round(everySeconds * 1000)),
                        once,
                        standby),
                new Speech(signer),
                meters,
                System.err);
        if (serving == null) {
            run.run(stopped);
            return;
        }
        try (BrokerSource source = new BrokerSource(bootstrapServers, properties);
                RecordReader records = source.records(Topics.VOTES.name(), PROOFS_AT_A_TIME, PROOF_PATIENCE);
                SealedLogServer server = new SealedLogServer(
                        serving.address(),
                        management == null ? null : management.address(),
                        new SealedLogServer.Content(
                                folder,
                                new ReceiptProver(folder, signer.publicKey(), records),
                                keys.given() ? () -> announcement(source, signer) : null,
                                openings ? keys.keys() : null),
                        meters,
                        System.err)) {
            saySoAt("http://%s:%d".formatted(serving.host(), server.port()));
            run.run(stopped);
        }
    }

    private void saySoAt(String address) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "serves");
            line.put("address", address);
            line.put("pageSha256", SealedLogServer.pageDigest());
            System.out.println(Texts.JSON_LINE.writeValueAsString(line));
        } else {
            System.out.printf(
                    "Serving the sealed log at %s; the page that checks proofs, %s/check, has the SHA-256 %s%n",
                    address, address, SealedLogServer.pageDigest());
        }
    }

    private String announcement(BrokerSource source, SealingKey signer) {
        return Texts.JSON.writeValueAsString(Announcement.of(source, keys.keys(), Set.of(), false, signer.publicKey()));
    }

    /** Tells on standard output how the sealing goes. */
    private final class Speech implements SealingRun.Listener {
        private final SealingKey signer;

        Speech(SealingKey signer) {
            this.signer = signer;
        }

        @Override
        public void begun(String source, int seals, boolean follows) {
            if (json) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("event", follows ? "follows" : "begun");
                line.put("source", source);
                line.put("log", folder.toString());
                line.put("origin", signer.origin());
                line.put("seals", seals);
                System.out.println(Texts.JSON_LINE.writeValueAsString(line));
            } else {
                System.out.printf(
                        "%s %s into %s as %s; %s so far%n",
                        follows ? "Another sealer seals; following" : "Sealing",
                        source,
                        folder,
                        signer.origin(),
                        Texts.count(seals, "seal"));
            }
        }

        @Override
        public void sealed(Checkpoint votes, Checkpoint verdicts) {
            if (json) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("event", "sealed");
                line.put(SealedLog.VOTES.path(), tree(votes));
                line.put(SealedLog.VERDICTS.path(), tree(verdicts));
                System.out.println(Texts.JSON_LINE.writeValueAsString(line));
            } else {
                System.out.printf(
                        Locale.ROOT, "sealed: %,d leaves of votes, %,d of verdicts%n", votes.size(), verdicts.size());
            }
        }

        private static Map<String, Object> tree(Checkpoint checkpoint) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("leaves", checkpoint.size());
            tree.put("root", StrictEncoding.base64(checkpoint.root()));
            return tree;
        }
    }

    private SealingKey signer() {
        try {
            return SealingKey.parse(InputFile.text(key, InputFile.SMALL));
        } catch (TlogException e) {
            throw new AuditException("%s holds no key: %s".formatted(key, e.getMessage()), e);
        }
    }
}
