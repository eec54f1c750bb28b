// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.votelog.infra.bench.peer.HttpPeer;
import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.Workspace;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A store with the HTTP server in front of it. What it has answered it has counted. */
final class StorePeer implements Contestant {
    private final StoreKind kind;
    private final StoreProcess store;
    private final HttpPeer server;
    private final int options;

    private StorePeer(StoreKind kind, StoreProcess store, HttpPeer server, int options) {
        this.kind = kind;
        this.store = store;
        this.server = server;
        this.options = options;
    }

    /** Starts both. They end with the system. */
    static StorePeer start(StoreKind kind, TestSystem system) {
        StoreProcess store = StoreProcess.start(kind, system);
        int options = system.ballot().optionCount();
        try (VoteStore first = store.connect(kind, options)) {
            first.prepare();
        }
        HttpPeer server = HttpPeer.start(
                kind.id() + "-server",
                VoteServer.class,
                system,
                port -> List.of(
                        Integer.toString(port),
                        kind.name(),
                        Integer.toString(store.port()),
                        system.key(TokenAlgorithm.HS256).secretText(),
                        Workspace.root().toString()));
        return new StorePeer(kind, store, server, options);
    }

    @Override
    public URI url() {
        return server.url();
    }

    @Override
    public void awaitCounted() {
        // Its answer says that it has.
    }

    @Override
    public Counts counts() {
        try (VoteStore reading = kind.connect(store.port(), 0, options)) {
            return reading.counts();
        }
    }

    @Override
    public Map<String, Duration> cpu() {
        Map<String, Duration> cpu = new LinkedHashMap<>(CpuMeter.cpu(Map.of("server", server.pid())));
        cpu.put(kind.server().name().toLowerCase(Locale.ROOT), ProcessTree.cpu(store.server()));
        return cpu;
    }
}
