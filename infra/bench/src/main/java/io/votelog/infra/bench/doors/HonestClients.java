// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.netty.buffer.Unpooled;
import io.votelog.infra.bench.load.CallReport;
import io.votelog.infra.bench.load.CallRun;
import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.PlainRequests;
import io.votelog.infra.bench.load.ResponseReader;
import io.votelog.infra.bench.load.VoteRequests;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The clients who are to be served whatever one of them does: each has an address and, who votes, a user of its own. */
final class HonestClients implements AutoCloseable {
    private static final int CONNECTIONS = 40;
    private static final int MOST_RECEIPTS = 10_000;
    private static final byte[] RECEIPT = "\"receipt\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OFFSET = "\"offset\"".getBytes(StandardCharsets.US_ASCII);

    private final LoadGenerator generator = new LoadGenerator();
    private final TestSystem system;
    private final Rates rates;
    private final VoteRequests votes;
    private final int lastVoter;
    /** Receipts of recorded votes. On the generator's thread. */
    private final List<byte[]> receipts = new ArrayList<>();

    private int nextVoter;
    private int nextClient;

    /**
     * Calls a second.
     *
     * @param newcomers on a connection of their own each, at each side
     */
    record Rates(double results, double votes, double receipts, double newcomers) {}

    /** @param voters how many may vote in all */
    HonestClients(TestSystem system, Rates rates, int voters) {
        this.system = system;
        this.rates = rates;
        nextVoter = system.newVoters(voters);
        lastVoter = nextVoter + voters;
        votes = system.requests(system.gatewayUrl(), TokenAlgorithm.HS256, nextVoter, voters);
    }

    /** Casts votes for so long, so that there are receipts to ask for. */
    void castFirst(Duration length) {
        try (Span span = new Span(List.of(votes(length)))) {
            span.open();
            span.run(length);
        }
        if (receipts.isEmpty()) {
            throw new BenchException("the gateway takes no votes");
        }
    }

    /** All kinds of calls, ready for one span of so long. */
    Span span(Duration length) {
        String ballot = "/v1/ballots/" + system.ballot().id();
        Span span = new Span(List.of(
                new HonestCall(
                        "results",
                        system.streamsUrl(),
                        rates.results(),
                        CONNECTIONS,
                        false,
                        PlainRequests.gets(
                                system.streamsUrl(), List.of(ballot + "/results"), "Accept: application/json"),
                        HonestCall.Seen.IGNORED),
                votes(length),
                new HonestCall(
                        "receipts",
                        system.streamsUrl(),
                        rates.receipts(),
                        CONNECTIONS,
                        false,
                        (n, allocator) -> Unpooled.wrappedBuffer(receipts.get(n * 7919 % receipts.size())),
                        HonestCall.Seen.IGNORED),
                new HonestCall(
                        "newcomer: ballot",
                        system.gatewayUrl(),
                        rates.newcomers(),
                        0,
                        false,
                        PlainRequests.gets(system.gatewayUrl(), List.of(ballot)),
                        HonestCall.Seen.IGNORED),
                new HonestCall(
                        "newcomer: stream",
                        system.streamsUrl(),
                        rates.newcomers(),
                        0,
                        true,
                        PlainRequests.gets(
                                system.streamsUrl(), List.of(ballot + "/results/stream"), "Accept: text/event-stream"),
                        HonestCall.Seen.IGNORED)));
        span.open();
        return span;
    }

    private HonestCall votes(Duration length) {
        int first = nextVoter;
        int count = (int) Math.ceil(rates.votes() * length.toNanos() / 1e9);
        if (first + count > lastVoter) {
            throw new IllegalStateException("more votes than there are voters");
        }
        nextVoter += count;
        return new HonestCall(
                "votes",
                system.gatewayUrl(),
                rates.votes(),
                CONNECTIONS,
                false,
                (n, allocator) -> votes.of(first + n, allocator),
                this::keepReceipt);
    }

    private void keepReceipt(ResponseReader answer) {
        if (receipts.size() < MOST_RECEIPTS) {
            receipts.add(PlainRequests.get(
                    system.streamsUrl(),
                    "/v1/ballots/%s/receipts/%s?offset=%d"
                            .formatted(system.ballot().id(), answer.text(RECEIPT), answer.number(OFFSET))));
        }
    }

    @Override
    public void close() {
        generator.close();
    }

    /** One span in which all kinds of calls are made at once, over connections that were opened before it. */
    final class Span implements AutoCloseable {
        private static final Duration PATIENCE = Duration.ofSeconds(5);

        private final List<CallRun> runs = new ArrayList<>();

        private Span(List<HonestCall> calls) {
            for (HonestCall call : calls) {
                runs.add(new CallRun(call, generator, nextClient, PATIENCE));
                nextClient += Math.max(call.connections(), 2_000);
            }
        }

        private void open() {
            runs.forEach(CallRun::open);
        }

        /** Makes the calls, and returns when each is answered or given up. */
        List<CallReport> run(Duration length) {
            List<CompletableFuture<CallReport>> reports =
                    runs.stream().map(run -> run.run(length)).toList();
            try {
                List<CallReport> all = new ArrayList<>();
                for (CompletableFuture<CallReport> report : reports) {
                    all.add(report.get());
                }
                return all;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        @Override
        public void close() {
            runs.forEach(CallRun::close);
        }
    }
}
