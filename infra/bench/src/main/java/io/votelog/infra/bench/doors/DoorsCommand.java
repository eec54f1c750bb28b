// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.buffer.Unpooled;
import io.votelog.infra.bench.load.CallReport;
import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.Loopback;
import io.votelog.infra.bench.load.PlainRequests;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.LargeBallot;
import io.votelog.infra.bench.system.SystemOptions;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code infra/bench/run doors}: what one client can take from all others. */
@Command(
        name = "doors",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a system of its own with its read side and with the limits that it has when nobody says anything, and attacks it"
                    + " as one client at one address can, one attack after the other. Honest clients, each with an address of"
                    + " its own, call at a constant rate before and during each attack; prints what that did to them, as a Markdown"
                    + " table. Needs Linux, where all of 127.0.0.0/8 is this machine. --connections has no effect here."
        })
public final class DoorsCommand implements Callable<Integer> {
    private static final Duration FIRST_VOTES = Duration.ofSeconds(4);
    private static final int LONG_HEADER = 7_900;
    private static final int RECEIPT_BYTES = 32;
    private static final int MADE_UP_RECEIPTS = 10_000;

    @Mixin
    SystemOptions options = new SystemOptions();

    @Option(names = "--only", split = ",", description = "some attacks: ${COMPLETION-CANDIDATES}; default: all")
    @Nullable
    List<AttackKind> only;

    @Option(
            names = "--headers",
            split = ",",
            defaultValue = "ACCEPT_LANGUAGE",
            description =
                    "which of them are long, one attack each: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}. Forwarding"
                            + " headers are read from a trusted proxy alone:"
                            + " --gateway-arg=--votelog.limits.trusted-proxies=127.0.0.2")
    List<ClientHeader> headers = List.of(ClientHeader.ACCEPT_LANGUAGE);

    @Option(names = "--seconds", defaultValue = "12", description = "measured each time; default: ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--rest-seconds", defaultValue = "4", description = "after each attack; default: ${DEFAULT-VALUE}")
    int restSeconds;

    @Option(
            names = "--header-connections",
            defaultValue = "16",
            description = "of the attack by headers, to each side; default: ${DEFAULT-VALUE}")
    int headerConnections;

    @Option(
            names = "--flood-connections",
            defaultValue = "64",
            description = "of attacks at full speed; default: ${DEFAULT-VALUE}")
    int floodConnections;

    @Option(
            names = "--most-connections",
            defaultValue = "10500",
            description = "that one address tries to hold; default: ${DEFAULT-VALUE}")
    int mostConnections;

    @Option(
            names = "--most-streams",
            defaultValue = "5500",
            description = "that one address tries to hold; default: ${DEFAULT-VALUE}")
    int mostStreams;

    @Option(names = "--results-rate", defaultValue = "100", description = "a second; default: ${DEFAULT-VALUE}")
    double resultsRate;

    @Option(names = "--votes-rate", defaultValue = "50", description = "a second; default: ${DEFAULT-VALUE}")
    double votesRate;

    @Option(names = "--receipts-rate", defaultValue = "50", description = "a second; default: ${DEFAULT-VALUE}")
    double receiptsRate;

    @Option(
            names = "--newcomers-rate",
            defaultValue = "10",
            description = "a second at each side, each on a new connection; default: ${DEFAULT-VALUE}")
    double newcomersRate;

    @Option(names = "--options", description = "of a large ballot, up to 1,024, in place of the seed's")
    @Nullable
    Integer ballotOptions;

    private final PrintStream out = System.out;

    /** An attack to be made; it is made ready when its turn comes. */
    private record Planned(String what, Callable<Attack> attack) {}

    /** What one span showed. */
    private record Shown(List<CallReport> calls, double gatewayCores, double streamsCores) {}

    @Override
    public Integer call() throws Exception {
        if (!Loopback.available()) {
            throw new BenchException("no connection can come from %s here: this needs Linux"
                    .formatted(Loopback.ATTACKER.getHostAddress()));
        }
        Set<AttackKind> kinds = only == null ? EnumSet.allOf(AttackKind.class) : EnumSet.copyOf(only);
        String shortage = Descriptors.shortage(mostWanted(kinds), Descriptors.limit());
        if (!shortage.isEmpty()) {
            System.err.println(shortage);
        }
        try (TestSystem system = TestSystem.start(
                        options,
                        ballotOptions == null ? TestSystem.seed() : LargeBallot.of(ballotOptions),
                        TestSystem.Limits.AS_DELIVERED);
                LoadGenerator attacker = new LoadGenerator()) {
            system.startStreams();
            List<Planned> attacks = new ArrayList<>();
            for (AttackKind kind : kinds) {
                attacks.addAll(planned(kind, system, attacker));
            }
            Duration length = Duration.ofSeconds(seconds);
            Duration warmup = Duration.ofSeconds(options.firstWarmupSeconds);
            long spans = FIRST_VOTES.plus(warmup).toSeconds() + 2L * seconds * attacks.size();
            int voters = (int) (Math.ceil(votesRate) * (spans + 1));
            HonestClients.Rates rates = new HonestClients.Rates(resultsRate, votesRate, receiptsRate, newcomersRate);
            try (HonestClients clients = new HonestClients(system, rates, voters)) {
                clients.castFirst(FIRST_VOTES);
                try (HonestClients.Span span = clients.span(warmup)) {
                    span.run(warmup);
                }
                List<String> rows = new ArrayList<>();
                for (Planned planned : attacks) {
                    rows.addAll(measure(planned, clients, system, length));
                }
                print(rows, shortage);
            }
        }
        return 0;
    }

    private int mostWanted(Set<AttackKind> kinds) {
        boolean connections =
                kinds.contains(AttackKind.GATEWAY_CONNECTIONS) || kinds.contains(AttackKind.STREAMS_CONNECTIONS);
        return Math.max(connections ? mostConnections : 0, kinds.contains(AttackKind.STREAMS) ? mostStreams : 0);
    }

    private List<String> measure(Planned planned, HonestClients clients, TestSystem system, Duration length)
            throws Exception {
        Shown alone;
        try (HonestClients.Span span = clients.span(length)) {
            alone = shown(span, system, length);
        }
        Shown attacked;
        String got;
        try (Attack attack = planned.attack().call();
                HonestClients.Span span = clients.span(length)) {
            // The honest clients' kept connections are there before the attacker comes; newcomers find what is left.
            TestSystem.pause(Duration.ofSeconds(1));
            attack.begin();
            attacked = shown(span, system, length);
            got = attack.end();
        }
        TestSystem.pause(Duration.ofSeconds(restSeconds));
        List<String> rows = rows(planned.what(), alone, attacked, got);
        rows.forEach(System.err::println);
        return rows;
    }

    private static Shown shown(HonestClients.Span span, TestSystem system, Duration length) {
        CpuMeter cpu = new CpuMeter(Map.of("gateway", system.gatewayPid(), "read side", system.streamsPid()));
        long beganNs = System.nanoTime();
        cpu.begins();
        List<CallReport> calls = span.run(length);
        cpu.ends();
        Duration took = Duration.ofNanos(System.nanoTime() - beganNs);
        return new Shown(calls, cpu.cores("gateway", took), cpu.cores("read side", took));
    }

    private List<Planned> planned(AttackKind kind, TestSystem system, LoadGenerator attacker) {
        URI gateway = system.gatewayUrl();
        URI streams = system.streamsUrl();
        String ballot = "/v1/ballots/" + system.ballot().id();
        String page = "/ballots/" + system.ballot().id();
        int connections = Descriptors.room(mostConnections, Descriptors.limit());
        return switch (kind) {
            case HEADERS ->
                headers.stream()
                        .map(header -> new Planned(
                                kind.what() + " (" + header.fieldName() + ")",
                                () -> headerAttack(header, system, attacker)))
                        .toList();
            case GATEWAY_CONNECTIONS ->
                one(
                        kind,
                        () -> new HoardAttack(
                                attacker,
                                gateway,
                                connections,
                                true,
                                PlainRequests.gets(gateway, List.of("/v1/ballots/none"))));
            case STREAMS_CONNECTIONS ->
                one(
                        kind,
                        () -> new HoardAttack(
                                attacker,
                                streams,
                                connections,
                                true,
                                PlainRequests.gets(streams, List.of("/v1/ballots/none/results"))));
            case STREAMS ->
                one(
                        kind,
                        () -> new HoardAttack(
                                attacker,
                                streams,
                                Descriptors.room(mostStreams, Descriptors.limit()),
                                false,
                                PlainRequests.gets(
                                        streams, List.of(ballot + "/results/stream"), "Accept: text/event-stream")));
            case RESULTS ->
                one(kind, () -> flood(attacker, streams, PlainRequests.gets(streams, List.of(ballot + "/results"))));
            case BALLOT ->
                one(kind, () -> flood(attacker, gateway, PlainRequests.gets(gateway, List.of(ballot, page))));
            case MY_VOTE ->
                one(
                        kind,
                        () -> flood(
                                attacker,
                                gateway,
                                PlainRequests.gets(
                                        gateway,
                                        List.of(ballot + "/my-vote"),
                                        "Authorization: Bearer " + token(system, "my-vote-attacker"))));
            case RECEIPTS -> one(kind, () -> flood(attacker, streams, madeUpReceipts(streams, ballot, "?offset=0")));
            case TURNOUT ->
                one(kind, () -> new TurnoutAttack(system, attacker, "turnout-attacker", null, UUID::randomUUID));
            case RETRIES -> {
                UUID id = UUID.randomUUID();
                yield one(kind, () -> new TurnoutAttack(system, attacker, "retries-attacker", null, () -> id));
            }
            case REJECTED -> {
                UUID id = UUID.randomUUID();
                yield one(
                        kind,
                        () -> new TurnoutAttack(system, attacker, "rejected-attacker", UUID.randomUUID(), () -> id));
            }
        };
    }

    private static List<Planned> one(AttackKind kind, Callable<Attack> attack) {
        return List.of(new Planned(kind.what(), attack));
    }

    private FloodAttack flood(LoadGenerator attacker, URI server, HonestCall.Request request) {
        return new FloodAttack(attacker).asking(server, floodConnections, request);
    }

    /** Every public resource that reads such a header, at both sides; languages matter to pages and CSV alone. */
    private FloodAttack headerAttack(ClientHeader header, TestSystem system, LoadGenerator attacker) {
        String ballot = "/v1/ballots/" + system.ballot().id();
        String page = "/ballots/" + system.ballot().id();
        String line = header.line(LONG_HEADER);
        boolean languages = header == ClientHeader.ACCEPT_LANGUAGE;
        List<String> ofStreams = languages
                ? List.of(ballot + "/results.csv", page + "/results")
                : List.of(
                        ballot + "/results.csv",
                        page + "/results",
                        ballot + "/results",
                        ballot + "/receipts/" + madeUp(new Random(options.seed)));
        List<String> ofGateway = languages ? List.of(page) : List.of(page, ballot, "/v1/ballots");
        return new FloodAttack(attacker)
                .asking(
                        system.streamsUrl(),
                        headerConnections,
                        PlainRequests.gets(system.streamsUrl(), ofStreams, line))
                .asking(
                        system.gatewayUrl(),
                        headerConnections,
                        PlainRequests.gets(system.gatewayUrl(), ofGateway, line));
    }

    private HonestCall.Request madeUpReceipts(URI streams, String ballot, String query) {
        Random random = new Random(options.seed);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < MADE_UP_RECEIPTS; i++) {
            all.add(PlainRequests.get(streams, ballot + "/receipts/" + madeUp(random) + query));
        }
        return (n, allocator) -> Unpooled.wrappedBuffer(all.get(n % all.size()));
    }

    /** Well-formed: a pseudonym, and a vote id as a client may choose it. */
    private static String madeUp(Random random) {
        byte[] receipt = new byte[RECEIPT_BYTES];
        random.nextBytes(receipt);
        receipt[22] = (byte) (receipt[22] & 0x0F | 0x40);
        receipt[24] = (byte) (receipt[24] & 0x3F | 0x80);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(receipt);
    }

    private static String token(TestSystem system, String user) {
        return new String(
                system.key(TokenAlgorithm.HS256).sign(Claims.of(user, Instant.now(), "")), StandardCharsets.US_ASCII);
    }

    private static List<String> rows(String what, Shown alone, Shown attacked, String got) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < attacked.calls().size(); i++) {
            CallReport before = alone.calls().get(i);
            CallReport during = attacked.calls().get(i);
            rows.add("| %s | %s | %s | %s | %s | %s | %s | %s |"
                    .formatted(
                            i == 0 ? what : "",
                            during.what(),
                            before.percentiles(),
                            during.percentiles(),
                            before.failedShare(),
                            during.failedShare(),
                            i == 0 ? got : "",
                            i == 0 ? cores(alone) + " → " + cores(attacked) : ""));
        }
        return rows;
    }

    private static String cores(Shown shown) {
        return String.format(Locale.ROOT, "%.2f + %.2f", shown.gatewayCores(), shown.streamsCores());
    }

    private void print(List<String> rows, String shortage) {
        out.printf(
                Locale.ROOT,
                "%n%d cores, JDK %s; %s, %d s each; a second: %.0f results, %.0f votes, %.0f receipts, %.0f newcomers at each side;"
                        + " apps of %s%n%s%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                ballotOptions == null ? "the seed's ballot" : "a ballot of %,d options".formatted(ballotOptions),
                seconds,
                resultsRate,
                votesRate,
                receiptsRate,
                newcomersRate,
                options.apps(),
                shortage);
        out.println(
                "| attack by one address | honest call | p50 / p99 alone | under attack | failed alone | under attack"
                        + " | the attacker gets | cores, gateway + read side |");
        out.println("|---|---|---|---|---|---|---|---|");
        rows.forEach(out::println);
    }
}
