// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.AsciiString;
import reactor.netty.NettyPipeline;

/**
 * Puts {@code Strict-Transport-Security} on every answer that leaves a connection, whoever made it: a route, a page, a stream, or the
 * server itself where a request is none.
 */
@Sharable
public final class StrictTransport extends ChannelOutboundHandlerAdapter {
    private static final String NAME = "votelog.hsts";
    private static final AsciiString HEADER = AsciiString.cached("strict-transport-security");

    private final AsciiString value;

    /** @param value of the header, as RFC 6797 has it */
    public StrictTransport(String value) {
        this.value = AsciiString.cached(value);
    }

    /** Looks after the answers of one connection, as the server has set it up for HTTP. */
    public void install(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
            channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, this);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response && !isInterim(response.status())) {
            response.headers().set(HEADER, value);
        }
        context.write(message, promise);
    }

    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
