// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The usable keys of a JSON Web Key Set (RFC 7517, section 5), by algorithm and key id. */
final class KeySet {
    /** The most keys that one token is tried with, when it names no key, or several keys have the name. */
    static final int MOST_TRIES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);

    private final Map<Asked, List<ProviderKey>> keys = new HashMap<>();

    /** What a token's header asks for; without a key id, any key of the algorithm will do. */
    private record Asked(TokenAlgorithm algorithm, @Nullable String keyId) {}

    private KeySet(List<ProviderKey> usable) {
        for (ProviderKey key : usable) {
            add(new Asked(key.algorithm(), null), key);
            if (key.id() != null) {
                add(new Asked(key.algorithm(), key.id()), key);
            }
        }
    }

    private void add(Asked asked, ProviderKey key) {
        List<ProviderKey> some = keys.computeIfAbsent(asked, first -> new ArrayList<>());
        if (some.size() < MOST_TRIES) {
            some.add(key);
        }
    }

    /**
     * Reads a key set. Keys that cannot be used here are left out, and the log says why.
     *
     * @throws IllegalArgumentException when it is no key set
     */
    static KeySet parse(byte[] json, SignatureProvider signatures) {
        List<ProviderKey> usable = new ArrayList<>();
        try {
            Map<String, Object> set = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
            Map<String, Object>[] given = JSONObjectUtils.getJSONObjectArray(set, "keys");
            if (given == null || Stream.of(given).anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("no JSON Web Key Set: it has no keys, or one that is no object");
            }
            for (int i = 0; i < given.length; i++) {
                try {
                    usable.add(ProviderKey.of(JWK.parse(given[i]), signatures));
                } catch (ParseException | RuntimeException e) {
                    // The library fails in many ways on members that are of another type than they should be.
                    LOG.info("Key {} of the provider is not used: {}", i, e.getMessage());
                }
            }
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JSON Web Key Set", e);
        }
        return new KeySet(usable);
    }

    /** The keys that may have signed a token with that header, at most {@link #MOST_TRIES}. */
    List<ProviderKey> matching(TokenAlgorithm algorithm, @Nullable String keyId) {
        return keys.getOrDefault(new Asked(algorithm, keyId), List.of());
    }

    /** Whether the set has no usable key. */
    boolean isEmpty() {
        return keys.isEmpty();
    }

    @Override
    public String toString() {
        return keys.values().stream().flatMap(List::stream).distinct().toList().toString();
    }
}
