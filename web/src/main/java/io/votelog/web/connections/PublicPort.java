// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AttributeKey;
import io.votelog.web.headers.StrictTransport;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpRequestDecoderSpec;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What the public port has and the port of health and metrics has not: a limit of connections and, in each of them, time limits, requests
 * in turn, and no requests that two servers could read in two ways.
 */
public final class PublicPort {
    private static final AttributeKey<Boolean> PUBLIC = AttributeKey.valueOf("votelog.public-port");

    private PublicPort() {}

    /**
     * The server with all of that.
     *
     * @param server with its settings for decoding requests
     * @param protection sets the headers that keep browsers and caches safe, for the answers to what is no request
     * @param strictTransport empty where the header of that name is not sent
     */
    public static HttpServer of(
            HttpServer server,
            ConnectionLimit limit,
            Patience patience,
            Consumer<HttpHeaders> protection,
            Optional<StrictTransport> strictTransport) {
        HttpDecoderConfig decoding = decoding(server.configuration().decoder());
        // Or the server would drop what it has to say to a client that has said all (Pipelining ends the connection).
        return limit.at(server.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true))
                .doOnChannelInit((observer, channel, address) -> {
                    channel.attr(PUBLIC).set(true);
                    Pipelining.install(channel, decoding, new TimeLimits(patience), protection);
                    strictTransport.ifPresent(it -> it.install(channel));
                });
    }

    private static HttpDecoderConfig decoding(HttpRequestDecoderSpec spec) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(spec.maxInitialLineLength())
                .setMaxHeaderSize(spec.maxHeaderSize())
                .setValidateHeaders(spec.validateHeaders())
                .setInitialBufferSize(spec.initialBufferSize())
                .setAllowDuplicateContentLengths(spec.allowDuplicateContentLengths())
                .setAllowPartialChunks(spec.allowPartialChunks());
    }

    /**
     * Leaves the time that the present request takes, until it is answered, to its route, which looks after it itself. It ends the
     * connection when the request's body breaks off.
     */
    public static void leaveTimeToRoute(Channel channel) {
        TimeLimits limits = Pipelining.limitsOf(channel);
        if (limits != null) {
            limits.leaveToRoute();
        }
    }

    /** The connection of a request that came in by the public port; null of another one. */
    static @Nullable Channel channelOf(ServerHttpRequest request) {
        if (!(ServerHttpRequestDecorator.getNativeRequest(request) instanceof HttpServerRequest served)) {
            return null;
        }
        Channel[] channel = new Channel[1];
        served.withConnection(connection -> channel[0] = connection.channel());
        return channel[0] != null && channel[0].hasAttr(PUBLIC) ? channel[0] : null;
    }

    /**
     * Completes when the client of a request has said that it sends nothing more, or has closed the connection, which looks the same.
     * What it has asked for is answered all the same, and should be answered now. Never completes for a request that did not come in
     * by the public port.
     */
    public static Mono<Void> whenInputIsOver(ServerHttpRequest request) {
        Channel channel = channelOf(request);
        return channel == null ? Mono.never() : InputOver.of(channel);
    }
}
