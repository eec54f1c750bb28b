// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.account;

import io.netty.buffer.ByteBufAllocator;
import io.votelog.infra.bench.load.BatchLoad;
import io.votelog.infra.bench.load.BatchReport;
import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.load.VoteRequests;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.voters.SigningKey;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.voters.TokenStore;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.system.JwksServer;
import io.votelog.rules.Ballot;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infra/bench/run load}: votes for a gateway that runs already. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Sends votes to a running gateway, each with a token and a voter of its own.",
            "Latency counts from when a vote was to be sent (--rate), so a gateway that stalls is charged with all that it"
                    + " kept waiting.",
            "A gateway trusts the tokens when it is started with what --show-auth prints, or, for infra/up, with"
                    + " --hs256-secret-file .votelog/secrets/hs256-secret."
        })
public final class LoadCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    @Nullable
    Pace pace;

    @Option(names = "--connections", defaultValue = "512", description = "default: ${DEFAULT-VALUE}")
    int connections;

    @Option(names = "--streams", defaultValue = "4", description = "with --batch: how many; default: ${DEFAULT-VALUE}")
    int streams;

    @Option(names = "--seconds", defaultValue = "10", description = "measured; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--warmup-seconds", defaultValue = "5", description = "default: ${DEFAULT-VALUE}")
    int warmupSeconds;

    @Option(names = "--url", defaultValue = "http://127.0.0.1:8080", description = "default: ${DEFAULT-VALUE}")
    URI url = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--ballot",
            description = "the ballot's id; it must have the options and rules of the seed's; default: the seed's")
    @Nullable
    String ballotId;

    @Option(names = "--seed", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
    long seed;

    @Option(
            names = "--first-voter",
            defaultValue = "0",
            description = "the first voter's number: a log that has these voters' votes already calls them retries")
    int firstVoter;

    @Option(names = "--tokens", defaultValue = "hs256", description = "${COMPLETION-CANDIDATES}; default: hs256")
    TokenAlgorithm algorithm = TokenAlgorithm.HS256;

    @Option(names = "--hs256-secret-file", description = "the secret that the gateway trusts; default: one of our own")
    @Nullable
    Path secretFile;

    @Option(names = "--voters", description = "with --max: how many tokens are held ready at most; default: guessed")
    @Nullable
    Integer voters;

    @Option(names = "--account", description = "write each vote's fate to this file")
    @Nullable
    Path account;

    @Option(
            names = "--retry-ms",
            defaultValue = "0",
            description =
                    "send a vote again so long after it was put off or its outcome is unknown; 0, the default: never")
    long retryMs;

    @Option(names = "--jwks-port", defaultValue = "20480", description = "of our key set; default: ${DEFAULT-VALUE}")
    int jwksPort;

    /** How fast. */
    static final class Pace {
        @Option(names = "--rate", required = true, description = "votes a second, however fast they are answered")
        double rate;

        @Option(names = "--max", required = true, description = "as fast as the connections are answered")
        boolean max;

        @Option(names = "--batch", required = true, description = "by POST …/votes:batch, as fast as it is answered")
        boolean batch;

        @Option(names = "--show-auth", required = true, description = "print the gateway's settings, and send nothing")
        boolean showAuth;

        @Option(
                names = "--serve-keys",
                required = true,
                description = "serve the keys of rs256 and es256 until stopped, for a gateway started before the load")
        boolean serveKeys;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream out = System.out;
        Pace how = pace;
        if (how == null) {
            throw new BenchException("one of --rate, --max, --batch is needed");
        }
        Path keys = Workspace.home().resolve("keys");
        if (how.showAuth) {
            SigningKey key = SigningKey.readOrMake(keys, TokenAlgorithm.HS256);
            out.println("VOTELOG_AUTH_HS256_SECRET=" + key.secretText());
            out.println("--votelog.auth.jwk-set-uri=http://127.0.0.1:" + jwksPort + "/jwks.json");
            out.println("--votelog.auth.issuer=" + Claims.ISSUER);
            out.println("--votelog.auth.audience=" + Claims.AUDIENCE);
            return 0;
        }
        SigningKey key = secretFile == null
                ? SigningKey.readOrMake(keys, algorithm)
                : SigningKey.ofSecret(Files.readString(secretFile).strip());
        if (how.serveKeys) {
            try (JwksServer server = jwks(keys)) {
                out.println("keys at " + server.url());
                Thread.currentThread().join();
            }
            return 0;
        }
        Ballot ballot = TestSystem.seed();
        String ballotTo = ballotId == null ? ballot.id() : ballotId;
        DrawnVotes votes = new DrawnVotes(ballot, seed);
        out.printf(
                "seed %d, ballot %s, %s, tokens %s, %d s after %d s of warm-up%n",
                seed, ballotTo, url, key.algorithm(), seconds, warmupSeconds);
        if (key.algorithm() != TokenAlgorithm.HS256) {
            // Ends with this program.
            out.println("keys at " + jwks(keys).url());
        }
        try (LoadGenerator generator = new LoadGenerator()) {
            if (how.batch) {
                BatchReport report = new BatchLoad(
                                url, ballotTo, votes, key, seed, streams, seconds(warmupSeconds), seconds(seconds))
                        .run(generator, firstVoter, LoadGenerator.Span.IGNORED);
                report.print(out);
                return 0;
            }
            int count = voters(how);
            TokenStore tokens = new TokenStore(Workspace.home().resolve("tokens"), key, seed, Clock.systemUTC());
            tokens.ensure(firstVoter, count, left -> out.printf("signing: %,d tokens to go%n", left));
            VoteRequests requests = new VoteRequests(url, ballotTo, votes, tokens);
            Load load = how.max
                    ? Load.closed(url, connections, seconds(warmupSeconds), seconds(seconds), firstVoter, count)
                    : Load.open(url, connections, how.rate, seconds(warmupSeconds), seconds(seconds), firstVoter);
            try (VoteLedger ledger = account == null ? null : new VoteLedger(account, firstVoter + count)) {
                LoadReport report = generator.run(
                        load.retrying(Duration.ofMillis(retryMs)), requests, ledger, LoadGenerator.Span.IGNORED);
                report.print(out);
                out.printf(
                        "request      %d bytes; next voter %d%n",
                        requests.of(firstVoter, ByteBufAllocator.DEFAULT).readableBytes(),
                        firstVoter + report.voters());
            }
        }
        return 0;
    }

    private int voters(Pace how) {
        int span = seconds + warmupSeconds;
        if (how.max) {
            return voters == null ? algorithm.guessedRate() * span : voters;
        }
        return (int) Math.ceil(how.rate * span) + 1;
    }

    private JwksServer jwks(Path keys) {
        return new JwksServer(
                SigningKey.publicKeys(
                        SigningKey.readOrMake(keys, TokenAlgorithm.RS256),
                        SigningKey.readOrMake(keys, TokenAlgorithm.ES256)),
                jwksPort);
    }

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }
}
