// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Leaves of a request's {@code If-None-Match} what {@link EntityTags} reads, in its well-formed value. Spring compares the tags of
 * every answer once more, by a reader without a bound; so both decide on the same tags. It stands before the filters, since that
 * reader asks the request as it was before them.
 */
final class BoundedTags implements HttpHandlerDecoratorFactory {
    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> handler.handle(bounded(request), response);
    }

    private static ServerHttpRequest bounded(ServerHttpRequest request) {
        if (!request.getHeaders().containsHeader(HttpHeaders.IF_NONE_MATCH)) {
            return request;
        }
        EntityTags tags = EntityTags.ifNoneMatch(request.getHeaders());
        return request.mutate()
                .headers(headers -> {
                    if (tags.isEmpty()) {
                        headers.remove(HttpHeaders.IF_NONE_MATCH);
                    } else {
                        headers.set(HttpHeaders.IF_NONE_MATCH, tags.value());
                    }
                })
                .build();
    }
}
