// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peers;

import io.votelog.infra.bench.system.CpuMeter;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.broker.ChildJvm;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A store with the HTTP server in front of it. What it has answered it has counted. */
final class StorePeer implements Contestant {
    private final StoreKind kind;
    private final StoreProcess store;
    private final ChildJvm server;
    private final URI url;
    private final int options;

    private StorePeer(StoreKind kind, StoreProcess store, ChildJvm server, URI url, int options) {
        this.kind = kind;
        this.store = store;
        this.server = server;
        this.url = url;
        this.options = options;
    }

    /** Starts both. They end with the system. */
    static StorePeer start(StoreKind kind, TestSystem system) {
        StoreProcess store = StoreProcess.start(kind, system);
        int options = system.ballot().optionCount();
        try (VoteStore first = store.connect(kind, options)) {
            first.prepare();
        }
        int port = system.freePort();
        ChildJvm server = system.startPeer(
                kind.id() + "-server",
                VoteServer.class.getName(),
                Integer.toString(port),
                kind.name(),
                Integer.toString(store.port()),
                system.key(TokenAlgorithm.HS256).secretText(),
                Workspace.root().toString());
        system.awaitListening(server, port);
        return new StorePeer(kind, store, server, URI.create("http://127.0.0.1:" + port), options);
    }

    @Override
    public URI url() {
        return url;
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
        cpu.put(kind.id(), ProcessTree.cpu(store.server()));
        return cpu;
    }
}
