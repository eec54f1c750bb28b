// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.Loopback;
import io.votelog.infra.bench.workspace.BenchException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Readers of a ballot's stream of results, on the generator's one thread. Some of them never read a byte: what is sent to them stays
 * in the sockets until it fits no more.
 */
final class Readers implements AutoCloseable {
    private static final int LONGEST_LINE = 4 << 20;
    private static final int SMALL_BUFFER = 4 * 1024;
    private static final int TAIL = 4 * 1024;

    private final LoadGenerator generator;
    private final URI stream;
    private final List<Channel> channels = new ArrayList<>();
    private @Nullable Freshness freshness;
    private long documents;
    private long wentBack;
    private long lost;
    private boolean closing;

    /** @param stream the address of the stream */
    Readers(LoadGenerator generator, URI stream) {
        this.generator = generator;
        this.stream = stream;
    }

    /**
     * What the readers that read have seen.
     *
     * @param documents how many, all readers together
     * @param wentBack how many of them were older than the one before
     * @param lost readers whose connection ended
     */
    record Seen(long documents, long wentBack, long lost) {}

    /** Connects so many, of whom the first {@code neverRead} never read. */
    void open(int count, int neverRead) {
        for (int i = 0; i < count; i++) {
            boolean reads = i >= neverRead;
            try {
                channels.add(connect(i, reads));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted");
            }
        }
    }

    private Channel connect(int client, boolean reads) throws InterruptedException {
        Bootstrap bootstrap = generator
                .bootstrap()
                .clone()
                .option(ChannelOption.AUTO_READ, reads)
                .option(ChannelOption.SO_RCVBUF, reads ? 256 * 1024 : SMALL_BUFFER)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (reads) {
                            channel.pipeline()
                                    .addLast(
                                            new HttpResponseDecoder(),
                                            new Body(),
                                            new LineBasedFrameDecoder(LONGEST_LINE),
                                            new Reader());
                        }
                    }
                });
        Channel channel = Loopback.connect(bootstrap, stream, client).sync().channel();
        String request = "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(stream.getRawPath(), stream.getRawAuthority());
        channel.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII))
                .sync();
        return channel;
    }

    /** From now on what readers are shown is measured. */
    void measure(Freshness meter) {
        onLoop(() -> freshness = meter);
    }

    /** What has been seen since the last call. */
    Seen seen() {
        Seen[] seen = new Seen[1];
        onLoop(() -> {
            seen[0] = new Seen(documents, wentBack, lost);
            documents = 0;
        });
        return seen[0];
    }

    private void onLoop(Runnable task) {
        try {
            generator.group().submit(task).sync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    @Override
    public void close() {
        onLoop(() -> closing = true);
        channels.forEach(Channel::close);
    }

    /** The stream without its framing. */
    static final class Body extends MessageToMessageDecoder<HttpObject> {
        @Override
        protected void decode(ChannelHandlerContext context, HttpObject part, List<Object> out) {
            if (part instanceof HttpResponse response && response.status().code() != 200) {
                throw new BenchException("a reader is answered " + response.status());
            }
            if (part instanceof HttpContent content) {
                out.add(content.content().retain());
            }
        }
    }

    private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {
        private long version = -1;
        private long[] positions = {};

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
            int length = line.readableBytes();
            if (length > 4 && line.getByte(line.readerIndex()) == 'i') {
                // The version, and a dash and the revision where votes were annulled.
                String id = line.toString(StandardCharsets.US_ASCII).substring("id: ".length());
                long next = Long.parseLong(id, 0, id.contains("-") ? id.indexOf('-') : id.length(), 10);
                wentBack += next < version ? 1 : 0;
                version = next;
            } else if (length > 6 && line.getByte(line.readerIndex()) == 'd') {
                documents++;
                take(line, length);
            }
        }

        private void take(ByteBuf line, int length) {
            Freshness meter = freshness;
            int tail = Math.min(length, TAIL);
            String end = line.toString(line.writerIndex() - tail, tail, StandardCharsets.ISO_8859_1);
            long now = System.nanoTime();
            long[] next = Positions.parse(end);
            if (meter != null) {
                meter.shown(positions, next, now);
            }
            positions = next;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            lost += closing ? 0 : 1;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.err.println("a reader fails: " + cause);
            context.close();
        }
    }
}
