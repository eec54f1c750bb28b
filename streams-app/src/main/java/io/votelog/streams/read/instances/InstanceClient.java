// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.instances;

import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.votelog.web.limits.IpAddress;
import io.votelog.web.limits.RateLimit;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Asks other instances that hold a voter's row, on behalf of a client that came to this one. */
public final class InstanceClient {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceClient.class);

    /**
     * The time after which an instance that does not accept a connection counts as gone: a machine that is gone does not refuse
     * connections either.
     */
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    /** The most connections to one instance. */
    private static final int MAX_CONNECTIONS = 500;

    private final int connections;
    private final Duration timeout;
    private final InstanceKeys instances;
    private volatile String scheme = "http";
    private ConnectionProvider pool;
    private volatile WebClient http;

    /**
     * A client that speaks no TLS, until it is told whom it trusts.
     *
     * @param timeout for an answer, beyond the time that the client is ready to wait
     * @param connections how many connections to one instance
     * @param instances introduces the client to the other instance
     */
    public InstanceClient(Duration timeout, int connections, InstanceKeys instances) {
        this.instances = instances;
        this.connections = connections;
        this.timeout = timeout;
        this.pool = pool(connections, timeout);
        this.http = over(client(pool));
    }

    private static ConnectionProvider pool(int connections, Duration timeout) {
        return ConnectionProvider.builder("neighbours")
                .maxConnections(connections)
                .pendingAcquireMaxCount(MAX_CONNECTIONS)
                .pendingAcquireTimeout(timeout)
                .build();
    }

    private static HttpClient client(ConnectionProvider pool) {
        return HttpClient.create(pool).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS);
    }

    /**
     * Speaks TLS from now on, as instances do all alike, and asks those alone that present a certificate for their address from whom this
     * one trusts. May be called again, from any thread.
     */
    public synchronized void trust(TrustManagerFactory trusted) {
        try {
            SslContext context =
                    SslContextBuilder.forClient().trustManager(trusted).build();
            ConnectionProvider before = pool;
            pool = pool(connections, timeout);
            http = over(client(pool).secure(tls -> tls.sslContext(context)));
            scheme = "https";
            before.disposeLater().subscribe();
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "whom this instance trusts is of no use to a client: " + e.getMessage(), e);
        }
    }

    private static WebClient over(HttpClient client) {
        return WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(client))
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER_BYTES))
                .build();
    }

    /**
     * The connections to one instance: fewer than it may take from one address.
     *
     * @param perAddress how many connections each instance takes from one address; 0 for any number
     */
    public static int connections(int perAddress) {
        return perAddress == 0 ? MAX_CONNECTIONS : Math.max(1, Math.min(MAX_CONNECTIONS, perAddress / 2));
    }

    /**
     * How many requests may wait at other instances for a verdict; the other connections are left for requests that do not
     * wait.
     */
    public static int maxWaits(int perAddress) {
        return connections(perAddress) / 2;
    }

    /**
     * The other instance's answer to a request; empty when it is of no use here. A 503 with a reason is of use when
     * nobody else can answer.
     *
     * @param path what it is asked, with the query
     * @param prefer the values of the {@code Prefer} header of the client's request
     * @param client whose request it is; null when that is not known
     * @param wait how long the client is ready to wait for the verdict
     */
    public Mono<ResponseEntity<byte[]>> ask(
            HostInfo host, String path, List<String> prefer, @Nullable IpAddress client, Duration wait) {
        URI uri = uri(host, path);
        return http.get()
                .uri(uri)
                .headers(headers -> {
                    headers.set(InstanceKeys.FORWARDED, "1");
                    if (client != null) {
                        instances
                                .introduction(host, client, uri)
                                .ifPresent(introduction -> headers.set(InstanceKeys.CLIENT, introduction));
                    }
                    if (!wait.isZero()) {
                        prefer.forEach(preference -> headers.add("Prefer", preference));
                    }
                })
                .exchangeToMono(answer -> answer.bodyToMono(byte[].class)
                        .defaultIfEmpty(new byte[0])
                        .filter(body -> isUseful(
                                answer.statusCode().value(), answer.headers().asHttpHeaders()))
                        .map(body -> relay(
                                answer.statusCode().value(), answer.headers().asHttpHeaders(), body)))
                .timeout(timeout.plus(wait))
                .onErrorResume(failure -> {
                    LOG.debug("{} does not answer", host, failure);
                    return Mono.empty();
                });
    }

    private static boolean isUseful(int status, HttpHeaders answered) {
        return switch (status) {
            case 200, 404, 409 -> true;
            // A 429 for this instance's own address says nothing of the client.
            case 429 -> InstanceKeys.BELIEVED.equals(answered.getFirst(InstanceKeys.CLIENT));
            case 503 -> MediaType.APPLICATION_PROBLEM_JSON.equals(answered.getContentType());
            default -> false;
        };
    }

    private static ResponseEntity<byte[]> relay(int status, HttpHeaders answered, byte[] body) {
        HttpHeaders headers = new HttpHeaders();
        for (String name : new String[] {
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CACHE_CONTROL,
            HttpHeaders.RETRY_AFTER,
            RateLimit.POLICY_HEADER,
            RateLimit.LEVEL_HEADER,
            "Preference-Applied"
        }) {
            String value = answered.getFirst(name);
            if (value != null) {
                headers.set(name, value);
            }
        }
        return ResponseEntity.status(status).headers(headers).body(body);
    }

    private URI uri(HostInfo host, String path) {
        String name = host.host().indexOf(':') < 0 ? host.host() : "[" + host.host() + "]";
        return URI.create("%s://%s:%d%s".formatted(scheme, name, host.port(), path));
    }
}
