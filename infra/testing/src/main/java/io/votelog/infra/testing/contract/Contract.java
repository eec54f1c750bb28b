// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Checks a server's answers against its OpenAPI document. It sees every answer on the connections that it watches, and
 * {@link #mustHold} fails when one of them is not as described. May be used by several threads.
 */
public final class Contract {
    private final OpenApi document;

    /** One answer of each kind that is not as described. */
    private final Map<String, Exchange> breaches = new ConcurrentHashMap<>();

    private final Set<String> seen = new ConcurrentSkipListSet<>();

    private Contract(OpenApi document) {
        this.document = document;
    }

    /** A contract for this document, without any answers yet. */
    public static Contract of(OpenApi document) {
        return new Contract(document);
    }

    /** The document. */
    public OpenApi document() {
        return document;
    }

    /** Watches a connection of a server, whose codec must be in the channel already. */
    public void watch(Channel channel) {
        ChannelHandlerContext codec = channel.pipeline().context(HttpServerCodec.class);
        if (codec == null) {
            throw new IllegalStateException("the connection has no HTTP codec: " + channel.pipeline());
        }
        channel.pipeline().addAfter(codec.name(), "votelog.contract", new AnswerRecorder(this::note));
    }

    /** Takes an answer that was seen in another way. */
    public void note(Exchange exchange) {
        List<String> faults;
        try {
            faults = document.faults(exchange);
        } catch (RuntimeException cannotBeRead) {
            faults = List.of(cannotBeRead.toString());
        }
        if (!faults.isEmpty()) {
            String operation = document.operation(exchange.method(), exchange.target())
                    .map(OpenApi.Operation::id)
                    .orElse("elsewhere");
            breaches.putIfAbsent(
                    "%s %d: %s".formatted(operation, exchange.status(), String.join("; ", faults)), exchange);
            return;
        }
        document.operation(exchange.method(), exchange.target())
                .ifPresent(operation -> seen.add(operation.id() + " " + exchange.status()));
        exchange.problem().ifPresent(code -> seen.add("problem " + code));
    }

    /**
     * The answers that were as described since the last {@link #forget}: {@code operationId status} for each answer,
     * and {@code problem code} for each problem.
     */
    public Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /** Forgets the answers that were seen. */
    public void forget() {
        seen.clear();
    }

    /**
     * Fails when an answer since the last call was not as described.
     *
     * @throws AssertionError that shows an answer of each kind
     */
    public void mustHold() {
        List<String> all = new ArrayList<>();
        for (String kind : new TreeSet<>(breaches.keySet())) {
            all.add(kind + "\n    as in " + breaches.remove(kind));
        }
        if (!all.isEmpty()) {
            throw new AssertionError("Not as described:\n" + String.join("\n", all));
        }
    }
}
