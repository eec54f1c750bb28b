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
 * Holds servers to their description: it sees every answer of the connections that it watches, and {@link #mustHold} fails when one
 * of them was not described. Safe for use by several threads.
 */
public final class Contract {
    private final OpenApi document;

    /** One answer of each kind that is not described. */
    private final Map<String, Exchange> breaches = new ConcurrentHashMap<>();

    private final Set<String> seen = new ConcurrentSkipListSet<>();

    private Contract(OpenApi document) {
        this.document = document;
    }

    /** One that nothing was seen of yet. */
    public static Contract of(OpenApi document) {
        return new Contract(document);
    }

    /** The description. */
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

    /** Notes an answer that was seen by other means. */
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
     * What was answered as it is described, since the last {@link #forget}: {@code operationId status} of each answer, and {@code
     * problem code} of each problem.
     */
    public Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /** Forgets what was seen. */
    public void forget() {
        seen.clear();
    }

    /**
     * Fails when an answer was seen since the last call that is not described.
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
