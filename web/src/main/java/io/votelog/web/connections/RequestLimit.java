// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.channel.Channel;
import io.votelog.web.limits.ClientAddress;
import io.votelog.web.limits.ClientLimits;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.LimitedRequests;
import io.votelog.web.limits.RateLimit;
import io.votelog.web.limits.TokenBuckets;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Takes a token of the client's address for each request to the public port, before anything of the request is done. Requests to the
 * port of health and metrics cost nothing.
 */
public final class RequestLimit implements WebFilter, MeterBinder {
    private static final String CLIENT = RequestLimit.class.getName() + ".client";

    private final RateLimit limit;
    private final ClientAddress clientAddress;
    private final Function<ServerWebExchange, Optional<IpAddress>> introduced;
    private final Function<Refusal, ? extends Throwable> refusal;
    private final LimitedRequests refused;

    /**
     * Why a request is refused (429).
     *
     * @param limit the limit's name, as the headers call it
     * @param allowance what is allowed, as a clause; it names nobody
     * @param retryAfterSeconds when there is room for one more request, at least 1
     * @param headers that tell of the limit
     */
    public record Refusal(String limit, String allowance, int retryAfterSeconds, Map<String, String> headers) {}

    /**
     * @param clientAddress who a request is from
     * @param introduced who it is from by the word of somebody who is believed; then clientAddress is not asked
     * @param refusal what the handling of a request ends with that is refused
     * @param nanoClock as {@link System#nanoTime()}
     */
    public RequestLimit(
            ClientLimits.Reads reads,
            ClientAddress clientAddress,
            Function<ServerWebExchange, Optional<IpAddress>> introduced,
            Function<Refusal, ? extends Throwable> refusal,
            LongSupplier nanoClock) {
        this.limit = new RateLimit(
                "reads", "the address that this request comes from", reads.rate(), reads.burst(), nanoClock);
        this.clientAddress = clientAddress;
        this.refused = new LimitedRequests(limit.name());
        this.introduced = introduced;
        this.refusal = refusal;
    }

    /** The address that the exchange's request counts under; null when it did not come in by the public port. */
    public static @Nullable IpAddress clientOf(ServerWebExchange exchange) {
        return exchange.getAttribute(CLIENT);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Channel channel = PublicPort.channelOf(exchange.getRequest());
        if (channel == null) {
            return chain.filter(exchange);
        }
        HttpHeaders headers = exchange.getRequest().getHeaders();
        InetSocketAddress peer = channel.remoteAddress() instanceof InetSocketAddress address ? address : null;
        IpAddress client = introduced.apply(exchange).orElseGet(() -> clientAddress.of(peer, headers::getOrEmpty));
        exchange.getAttributes().put(CLIENT, client);
        if (limit.isOn()) {
            TokenBuckets.Draw draw = limit.take(client);
            if (!draw.granted()) {
                refused.increment();
                return Mono.error(() -> refusal.apply(
                        new Refusal(limit.name(), limit.allowance(), draw.secondsToNext(), limit.headers(draw))));
            }
        }
        return chain.filter(exchange);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        refused.bindTo(registry);
    }
}
