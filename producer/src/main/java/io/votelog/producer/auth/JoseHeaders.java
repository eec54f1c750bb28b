// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A cache of headers that were read: all tokens that one key signs usually have the same header. Only headers of tokens with a
 * valid signature are kept, so strangers can neither fill the cache nor empty it.
 */
final class JoseHeaders {
    /** The most headers. An issuer that gives each token a header of its own gets no help from the cache, and does no harm. */
    static final int MAX_HEADERS = 64;

    private final Map<String, JoseHeader> known = new ConcurrentHashMap<>();

    /** @param segment the header as the token spells it */
    @Nullable
    JoseHeader known(String segment) {
        return known.get(segment);
    }

    void remember(String segment, JoseHeader header) {
        if (known.size() >= MAX_HEADERS) {
            known.clear();
        }
        known.put(segment, header);
    }
}
