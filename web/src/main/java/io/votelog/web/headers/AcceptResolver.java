// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.reactive.accept.RequestedContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/** Tells Spring which types a client takes. Its own reader fails, as with a fault of the server, at a list of more than 50. */
final class AcceptResolver implements RequestedContentTypeResolver {
    /**
     * The types, the most specific first.
     *
     * @throws NotAcceptableStatusException when the header names none that is well-formed
     */
    @Override
    public List<MediaType> resolveMediaTypes(ServerWebExchange exchange) {
        MediaRanges accept = MediaRanges.of(exchange.getRequest().getHeaders());
        if (accept.malformed()) {
            throw new NotAcceptableStatusException("the Accept header is no list of media types");
        }
        if (accept.ranges().isEmpty()) {
            return MEDIA_TYPE_ALL_LIST;
        }
        List<MediaType> types = new ArrayList<>(accept.ranges());
        MimeTypeUtils.sortBySpecificity(types);
        return types;
    }
}
