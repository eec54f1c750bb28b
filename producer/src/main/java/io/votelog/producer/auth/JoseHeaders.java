// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Headers that were read before: all tokens of a key have the same. Only headers of tokens whose signature held are remembered, so
 * strangers can neither fill this nor empty it.
 */
final class JoseHeaders {
    /** Most headers; an issuer who gives each token its own gets no help from this, and does no harm. */
    static final int MOST = 64;

    private final Map<String, JoseHeader> known = new ConcurrentHashMap<>();

    /** @param segment the header as the token spells it */
    @Nullable
    JoseHeader known(String segment) {
        return known.get(segment);
    }

    void remember(String segment, JoseHeader header) {
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(segment, header);
    }
}
