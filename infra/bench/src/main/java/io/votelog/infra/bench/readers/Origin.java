// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import io.votelog.infra.system.proxy.ProxyProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where readers of the stream come to.
 *
 * @param stream the stream's address
 * @param pids the processes that serve it, by what they are called
 */
record Origin(URI stream, Map<String, Long> pids, @Nullable ProxyProcess proxy) implements AutoCloseable {
    private static Origin of(URI results, TestSystem system, @Nullable ProxyProcess proxy) {
        Map<String, Long> pids = new LinkedHashMap<>(system.allStreams());
        if (proxy != null) {
            pids.putAll(proxy.workers());
        }
        return new Origin(URI.create(results + "/stream"), pids, proxy);
    }

    /** One read side. */
    static Origin direct(TestSystem system) {
        return of(system.resultsUrl(), system, null);
    }

    /** A proxy before two of them, the second of which is started. */
    static Origin behindProxy(TestSystem system) {
        int second = system.startStreamsBeside();
        try {
            Path folder = Files.createDirectories(system.dir().resolve("proxy"));
            ProxyProcess proxy = ProxyProcess.start(
                    Workspace.root(),
                    folder,
                    system.freePort(),
                    List.of(system.streamsUrl().getPort(), second));
            URI results = URI.create("http://127.0.0.1:%d%s"
                    .formatted(proxy.port(), system.resultsUrl().getRawPath()));
            return of(results, system, proxy);
        } catch (IOException e) {
            throw new BenchException("the proxy does not start: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
    }
}
