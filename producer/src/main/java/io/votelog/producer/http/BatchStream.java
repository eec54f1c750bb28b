// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.Future;
import io.votelog.producer.votes.BatchDesk;
import io.votelog.producer.votes.RecordedVote;
import io.votelog.producer.votes.VoteAnswer;
import io.votelog.producer.votes.VoteBody;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.Promise;
import io.votelog.web.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.http.server.HttpServerRequest;

/**
 * One batch under way: reads lines, has each cast, and writes the answers in the lines' order. What it holds is bounded whatever the
 * stream's length: so many lines read and not yet answered, one part of the body, and one part of the answer that the client has yet
 * to take. While the client does not read its answers, no more lines are read. All but {@link Line#accept} runs on the event loop of
 * its connection.
 */
final class BatchStream implements CoreSubscriber<ByteBuf> {
    /** Most lines that are read and not yet answered. */
    static final int WINDOW = 8 * 1024;

    private static final int PART_BYTES = 32 * 1024;
    private static final long TICK_MS = 100;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    private final Channel channel;
    private final EventLoop loop;
    private final BatchDesk.Batch batch;
    private final CoreSubscriber<? super Void> end;
    private final LineSplitter lines = new LineSplitter(VoteBody.MAX_BYTES);
    private final Queue<Line> underWay = new ArrayDeque<>();
    private final WakeUp wakeUp;

    private Subscription source = Operators.emptySubscription();
    private long lineNumber;
    private boolean asked;
    private boolean sourceEnded;

    /** Whether the body ended before it was whole. */
    private boolean brokenOff;

    private boolean writing;
    private boolean ended;
    private boolean proceeding;
    private boolean again;
    private long lastProgressNanos = System.nanoTime();
    private @Nullable Future<?> ticking;

    private BatchStream(Channel channel, BatchDesk.Batch batch, CoreSubscriber<? super Void> end) {
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.batch = batch;
        this.end = end;
        this.wakeUp = new WakeUp(loop, this::proceed);
    }

    /** Runs a batch, once its answer's headers are sent; completes when its last answer is written. */
    static final class Run extends Mono<Void> {
        private final HttpServerRequest request;
        private final BatchDesk.Batch batch;

        Run(HttpServerRequest request, BatchDesk.Batch batch) {
            this.request = request;
            this.batch = batch;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> subscriber) {
            BatchStream stream = new BatchStream(EventLoopExecutor.channel(request), batch, subscriber);
            subscriber.onSubscribe(new Subscription() {
                @Override
                public void request(long n) {
                    // There is nothing to give but the end.
                }

                @Override
                public void cancel() {
                    stream.loop.execute(stream::abandon);
                }
            });
            request.receive().subscribe(stream);
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        source = subscription;
        ticking = loop.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        ask();
    }

    @Override
    public void onNext(ByteBuf part) {
        if (ended) {
            return;
        }
        asked = false;
        lastProgressNanos = System.nanoTime();
        lines.add(part);
        proceed();
    }

    @Override
    public void onComplete() {
        sourceEnded = true;
        proceed();
    }

    /**
     * The client has gone, or its body broke off. The lines that came whole are cast nevertheless, and answered where the client still
     * hears; the answer then breaks off too.
     */
    @Override
    public void onError(Throwable failure) {
        if (channel.isActive()) {
            brokenOff = true;
            sourceEnded = true;
            lines.dropUnfinished();
            proceed();
        } else {
            abandon();
        }
    }

    /** Goes on as far as it can: reads the lines that there is room for, and writes what is answered. */
    private void proceed() {
        if (proceeding) {
            again = true;
            return;
        }
        proceeding = true;
        do {
            again = false;
            read();
            write();
        } while (again);
        proceeding = false;
    }

    private void read() {
        while (!ended && underWay.size() < WINDOW && batch.hasRoom()) {
            if (lines.next() || (sourceEnded && lines.rest())) {
                take();
            } else {
                ask();
                if (asked || sourceEnded) {
                    return;
                }
            }
        }
    }

    private void ask() {
        if (!asked && !sourceEnded) {
            asked = true;
            source.request(1);
        }
    }

    private void take() {
        lineNumber++;
        if (lines.blank()) {
            return;
        }
        Line line = new Line(lineNumber);
        underWay.add(line);
        if (lines.tooLong()) {
            batch.refuseTooLong(line);
        } else {
            batch.cast(lines.bytes(), lines.offset(), lines.length(), line);
        }
    }

    private void write() {
        if (ended || writing) {
            return;
        }
        Line first = underWay.peek();
        if (first == null) {
            if (sourceEnded && lines.isEmpty()) {
                complete();
            }
            return;
        }
        if (first.answer == null) {
            return;
        }
        ByteBuf part = channel.alloc().buffer(PART_BYTES + 1024);
        while (first != null && first.answer != null && part.readableBytes() < PART_BYTES) {
            underWay.remove();
            first.write(first.answer, part);
            first = underWay.peek();
        }
        writing = true;
        channel.writeAndFlush(new DefaultHttpContent(part)).addListener(written -> {
            writing = false;
            lastProgressNanos = System.nanoTime();
            if (written.isSuccess()) {
                proceed();
            } else {
                abandon();
            }
        });
    }

    /** Sees to what no event tells: room in front of the log, a gateway that stops, a client that does nothing. */
    private void tick() {
        if (batch.isOver() && !sourceEnded) {
            // What has been read is answered; of the rest the client hears by the stream's end.
            sourceEnded = true;
            source.cancel();
        }
        boolean clientsTurn = writing || (underWay.isEmpty() && asked);
        if (!clientsTurn) {
            lastProgressNanos = System.nanoTime();
        } else if (System.nanoTime() - lastProgressNanos > PATIENCE_NANOS) {
            abandon();
            channel.close();
            return;
        }
        proceed();
    }

    private void complete() {
        stop();
        if (brokenOff) {
            channel.close();
        } else {
            Operators.complete(end);
        }
    }

    private void abandon() {
        if (!ended) {
            stop();
            source.cancel();
        }
    }

    private void stop() {
        ended = true;
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    /** A line that was read, and its answer once there is one. */
    private final class Line implements Consumer<VoteAnswer> {
        private final long number;
        private volatile @Nullable VoteAnswer answer;

        Line(long number) {
            this.number = number;
        }

        @Override
        public void accept(VoteAnswer given) {
            answer = given;
            wakeUp.call();
        }

        /** In JSON and a line feed; ids, digits and base64url need no escaping. */
        void write(VoteAnswer given, ByteBuf part) {
            if (given instanceof RecordedVote recorded) {
                write(
                        part,
                        "{\"line\":" + number + ",\"status\":202,\"voteId\":\""
                                + recorded.receipt().voteId() + "\",\"receipt\":\"" + recorded.receipt() + "\""
                                + evidence(recorded) + "}\n");
                return;
            }
            VoteAnswer.NotRecorded refused = (VoteAnswer.NotRecorded) given;
            Problem problem = refused.problem();
            write(
                    part,
                    "{\"line\":" + number + ",\"status\":" + problem.status() + identity(refused.receipt())
                            + ",\"problem\":");
            part.writeBytes(problem.json());
            write(part, "}\n");
        }

        /** What else a promised vote's line says: all that the promise is of. */
        private static String evidence(RecordedVote recorded) {
            if (recorded.evidence() == null) {
                return "";
            }
            StringBuilder json = new StringBuilder(256 + Promise.JSON_LENGTH)
                    .append(",\"ballotId\":\"")
                    .append(recorded.ballotId())
                    .append('"');
            recorded.writePlace(json);
            return json.toString();
        }

        /** Copies the text as a whole; Netty's own way goes character by character. */
        private static void write(ByteBuf part, String ascii) {
            part.writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
        }

        private static String identity(@Nullable Receipt receipt) {
            return receipt == null ? "" : ",\"voteId\":\"" + receipt.voteId() + "\",\"receipt\":\"" + receipt + "\"";
        }
    }
}
