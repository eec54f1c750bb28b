// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.votelog.producer.problem.Problems;
import io.votelog.web.connections.RequestSyntax;
import io.votelog.web.settings.Loopback;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Refuses requests that name another host than this machine, on a gateway that gives anyone a token. A web page can make its
 * own host name resolve to 127.0.0.1 (DNS rebinding) and so call the gateway as its own origin; its requests still have that
 * name.
 */
final class ForeignHostRoute implements NettyRouteProvider {
    private final VoteResponses responses;

    ForeignHostRoute(VoteResponses responses) {
        this.responses = responses;
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(
                ForeignHostRoute::isForeign,
                (request, response) -> responses.write(request, response, Problems.foreignHost()));
    }

    private static boolean isForeign(HttpServerRequest request) {
        List<String> hosts = request.requestHeaders().getAll(HttpHeaderNames.HOST);
        @Nullable String target = authority(request.uri());
        return hosts.size() != 1 || !Loopback.isHost(hosts.get(0)) || (target != null && !Loopback.isHost(target));
    }

    /** The host in a request target of absolute form; null when there is none. */
    private static @Nullable String authority(String target) {
        int path = RequestSyntax.pathOfAbsolute(target);
        return path < 0 || target.startsWith("/") ? null : target.substring(target.indexOf("//") + 2, path);
    }
}
