// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.Loopback;
import io.votelog.infra.bench.load.PlainRequests;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Readers of a stream whose bytes are counted as they come over the wire. One in fifty takes them apart too and counts documents;
 * all are sent the same, and to inflate for all of them would take the cores from the server.
 */
public final class StreamBytes implements AutoCloseable {
    private static final int TAKES_APART = 50;
    private static final int LONGEST_LINE = 4 << 20;

    private final LoadGenerator generator;
    private final List<Channel> channels = new ArrayList<>();
    private long bytes;
    private long bytesTakenApart;
    private long documents;
    private long lost;
    private String encoding = "none";
    private boolean closing;

    /** @param generator on whose event loop the readers are */
    public StreamBytes(LoadGenerator generator) {
        this.generator = generator;
    }

    /**
     * What all have been sent since the last call.
     *
     * @param encoding {@code Content-Encoding} of the answers, or {@code none}
     * @param documents how many, all readers together, by the bytes of those who take them apart
     * @param bytesEach of a document on the wire, with all that frames it
     * @param lost readers whose connection ended
     */
    public record Sent(String encoding, double documents, double bytesEach, long lost) {
        /**
         * What all were sent, by what those few were sent who take documents apart.
         *
         * @param bytes of all readers
         * @param bytesTakenApart of those few
         * @param documentsTakenApart how many documents those few met
         */
        public static Sent of(String encoding, long bytes, long bytesTakenApart, long documentsTakenApart, long lost) {
            double each = documentsTakenApart == 0 ? 0 : bytesTakenApart / (double) documentsTakenApart;
            return new Sent(encoding, each == 0 ? 0 : bytes / each, each, lost);
        }
    }

    /** Connects so many, each from an address of its own. */
    void open(URI stream, int count, String acceptEncoding) throws InterruptedException {
        byte[] request = PlainRequests.get(
                stream, stream.getRawPath(), "Accept: text/event-stream", "Accept-Encoding: " + acceptEncoding);
        for (int i = 0; i < count; i++) {
            boolean takesApart = i % TAKES_APART == 0;
            Bootstrap bootstrap = generator.bootstrap().clone().handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    ChannelPipeline pipeline = channel.pipeline().addLast(new Counter(takesApart));
                    if (takesApart) {
                        pipeline.addLast(
                                new HttpResponseDecoder(),
                                new Head(),
                                new HttpContentDecompressor(0),
                                new Readers.Body(),
                                new LineBasedFrameDecoder(LONGEST_LINE),
                                new Documents());
                    }
                }
            });
            Channel channel = Loopback.connect(bootstrap, stream, i).sync().channel();
            channels.add(channel);
            channel.writeAndFlush(Unpooled.wrappedBuffer(request)).sync();
        }
    }

    Sent sent() {
        Sent[] sent = new Sent[1];
        generator
                .group()
                .submit(() -> {
                    sent[0] = Sent.of(encoding, bytes, bytesTakenApart, documents, lost);
                    bytes = 0;
                    bytesTakenApart = 0;
                    documents = 0;
                })
                .syncUninterruptibly();
        return sent[0];
    }

    @Override
    public void close() {
        generator.group().submit(() -> closing = true).syncUninterruptibly();
        channels.forEach(channel -> channel.close().syncUninterruptibly());
    }

    private final class Counter extends ChannelInboundHandlerAdapter {
        private final boolean takenApart;

        Counter(boolean takenApart) {
            this.takenApart = takenApart;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf arrived = (ByteBuf) message;
            bytes += arrived.readableBytes();
            if (takenApart) {
                bytesTakenApart += arrived.readableBytes();
                context.fireChannelRead(arrived);
            } else {
                arrived.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            lost += closing ? 0 : 1;
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private final class Head extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response) {
                encoding = response.headers().get(HttpHeaderNames.CONTENT_ENCODING, "none");
            }
            context.fireChannelRead(message);
        }
    }

    private final class Documents extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
            if (line.readableBytes() > 5 && line.getByte(line.readerIndex()) == 'd') {
                documents++;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.err.println("a reader fails: " + cause);
            context.close();
        }
    }
}
