// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The algorithms with which a token may be signed (RFC 7518, section 3.1), by their names in headers. */
enum TokenAlgorithm {
    HS256,
    RS256,
    ES256;

    /** The algorithm of exactly this name, or null. */
    static @Nullable TokenAlgorithm named(String name) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
