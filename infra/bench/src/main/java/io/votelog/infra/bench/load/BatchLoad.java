// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.votelog.infra.bench.voters.Claims;
import io.votelog.infra.bench.voters.DrawnVotes;
import io.votelog.infra.bench.voters.SigningKey;
import io.votelog.infra.bench.workspace.BenchException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Votes as lines of long requests, one request a stream, as fast as they are answered. No more lines are under way on a stream
 * than {@link #WINDOW}, so that what is measured is not how much the sockets hold.
 */
public final class BatchLoad {
    private static final int WINDOW = 8_192;
    private static final int LINES_A_CHUNK = 512;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(30);
    private static final String SCOPE = "votes:submit";

    private final URI gateway;
    private final DrawnVotes votes;
    private final long seed;
    private final int streams;
    private final Duration warmup;
    private final Duration measured;
    private final byte[] head;
    private final byte[] user;
    private final byte[][] tails = new byte[DrawnVotes.COUNT][];

    /**
     * @param key signs the one token that all streams send
     * @param seed of the voters, who are those of {@link Claims#user}
     * @param streams how many requests are under way at a time
     * @param warmup sent before anything is measured
     * @param measured for how long it is measured then
     */
    public BatchLoad(
            URI gateway,
            String ballotId,
            DrawnVotes votes,
            SigningKey key,
            long seed,
            int streams,
            Duration warmup,
            Duration measured) {
        this.gateway = gateway;
        this.votes = votes;
        this.seed = seed;
        this.streams = streams;
        this.warmup = warmup;
        this.measured = measured;
        String token = new String(key.sign(Claims.of("infra/bench", Instant.now(), SCOPE)), StandardCharsets.US_ASCII);
        this.head = ("POST /v1/ballots/%s/votes:batch HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
                        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
                .formatted(ballotId, gateway.getRawAuthority(), token)
                .getBytes(StandardCharsets.US_ASCII);
        String zero = Claims.user(seed, 0);
        this.user = ("{\"voter\":\"" + zero.substring(0, zero.length() - 9)).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < tails.length; i++) {
            tails[i] = ("\",\"choices\":[\"" + String.join("\",\"", this.votes.of(i)) + "\"]}\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** Sends, and returns when every line is answered or given up. */
    public BatchReport run(LoadGenerator generator, int firstVoter, LoadGenerator.Span span) {
        Run run = new Run(generator, firstVoter);
        run.begin();
        try {
            pause(warmup);
            run.measure(true);
            long from = System.nanoTime();
            span.begins();
            pause(measured);
            run.measure(false);
            Duration took = Duration.ofNanos(System.nanoTime() - from);
            span.ends();
            return run.end(took);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private static void pause(Duration length) throws InterruptedException {
        Thread.sleep(length.toMillis());
    }

    /** Touched on the event loop alone, its futures and flags aside. */
    private final class Run {
        private final LoadGenerator generator;
        private final List<Stream> all = new ArrayList<>();
        private final List<CompletableFuture<Void>> ends = new ArrayList<>();
        private final Map<Integer, Long> byStatus = new TreeMap<>();
        private final Map<String, Long> failures = new TreeMap<>();
        private volatile boolean measuring;
        private volatile boolean stopping;
        private long acceptedInSpan;
        private final int firstVoter;
        private int nextVoter;

        Run(LoadGenerator generator, int firstVoter) {
            this.generator = generator;
            this.firstVoter = firstVoter;
            this.nextVoter = firstVoter;
        }

        void begin() {
            for (int i = 0; i < streams; i++) {
                Stream stream = new Stream(this);
                all.add(stream);
                ends.add(stream.end);
                generator
                        .bootstrap()
                        .clone()
                        .handler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(stream);
                            }
                        })
                        .connect(gateway.getHost(), gateway.getPort())
                        .addListener(opened -> {
                            if (!opened.isSuccess()) {
                                stream.fail("cannot connect");
                            }
                        });
            }
        }

        void measure(boolean on) {
            measuring = on;
        }

        BatchReport end(Duration span) throws InterruptedException {
            stopping = true;
            generator.group().execute(() -> all.forEach(Stream::fill));
            try {
                CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                        .orTimeout(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)
                        .exceptionally(late -> null)
                        .get();
                // On the loop, so that all that it wrote is seen here.
                return generator
                        .group()
                        .submit(() -> {
                            long unanswered =
                                    all.stream().mapToLong(Stream::underWay).sum();
                            all.forEach(Stream::close);
                            return new BatchReport(
                                    span, acceptedInSpan, byStatus, unanswered, failures, nextVoter - firstVoter);
                        })
                        .get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        private void answered(int status) {
            byStatus.merge(status, 1L, Long::sum);
            if (status == 202 && measuring) {
                acceptedInSpan++;
            }
        }
    }

    private final class Stream extends ChannelInboundHandlerAdapter {
        private final Run run;
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final NdjsonAnswers answers;
        private @Nullable Channel channel;
        private long sent;
        private long answered;
        private boolean lastSent;

        Stream(Run run) {
            this.run = run;
            this.answers = new NdjsonAnswers(status -> {
                answered++;
                run.answered(status);
            });
        }

        long underWay() {
            return sent - answered;
        }

        void close() {
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }

        void fail(String how) {
            if (!end.isDone()) {
                run.failures.merge(how, 1L, Long::sum);
                end.complete(null);
                close();
            }
        }

        /** Writes lines while there is room, or the end of the request. */
        void fill() {
            Channel open = channel;
            if (open == null || lastSent || end.isDone()) {
                return;
            }
            while (!run.stopping && open.isWritable() && underWay() + LINES_A_CHUNK <= WINDOW) {
                open.write(chunk(open), open.voidPromise());
                sent += LINES_A_CHUNK;
            }
            if (run.stopping) {
                lastSent = true;
                open.write(Unpooled.copiedBuffer("0\r\n\r\n", StandardCharsets.US_ASCII), open.voidPromise());
            }
            open.flush();
        }

        private ByteBuf chunk(Channel open) {
            int length = 0;
            for (int i = 0; i < LINES_A_CHUNK; i++) {
                length += user.length + 9 + tails[run.nextVoter + i & DrawnVotes.COUNT - 1].length;
            }
            byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            ByteBuf chunk = open.alloc().directBuffer(size.length + length + 2);
            chunk.writeBytes(size);
            for (int i = 0; i < LINES_A_CHUNK; i++) {
                int voter = run.nextVoter++;
                chunk.writeBytes(user);
                for (int power = 100_000_000; power > 0; power /= 10) {
                    chunk.writeByte('0' + voter / power % 10);
                }
                chunk.writeBytes(tails[voter & DrawnVotes.COUNT - 1]);
            }
            return chunk.writeShort('\r' << 8 | '\n');
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            context.write(Unpooled.wrappedBuffer(head));
            fill();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            try {
                answers.read(arrived);
            } catch (RuntimeException e) {
                fail("no answer in lines: " + e.getMessage());
            } finally {
                arrived.release();
            }
            if (answers.status() != 0 && answers.status() != 200) {
                fail("answered " + answers.status());
            } else if (answers.ended()) {
                if (underWay() > 0) {
                    fail("ended early");
                } else {
                    end.complete(null);
                    close();
                }
            } else {
                fill();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            fill();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("connection lost");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail("connection failed: " + cause.getMessage());
        }
    }
}
