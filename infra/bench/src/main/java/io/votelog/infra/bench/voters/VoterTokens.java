// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import io.votelog.infra.system.JwksServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** The keys of all algorithms, and the voters' tokens that are signed with them. */
public final class VoterTokens {
    private final Map<TokenAlgorithm, SigningKey> keys = new EnumMap<>(TokenAlgorithm.class);
    private final Map<TokenAlgorithm, TokenStore> stores = new EnumMap<>(TokenAlgorithm.class);

    /** @param home where keys and tokens are kept */
    public VoterTokens(Path home, long seed) {
        for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
            SigningKey key = SigningKey.readOrMake(home.resolve("keys"), algorithm);
            keys.put(algorithm, key);
            stores.put(algorithm, new TokenStore(home.resolve("tokens"), key, seed, Clock.systemUTC()));
        }
    }

    /** The key that signs tokens of this kind. */
    public SigningKey key(TokenAlgorithm algorithm) {
        SigningKey key = keys.get(algorithm);
        if (key == null) {
            throw new IllegalStateException();
        }
        return key;
    }

    /** Serves the public keys of those algorithms that have one. */
    public JwksServer serve() {
        return new JwksServer(SigningKey.publicKeys(key(TokenAlgorithm.RS256), key(TokenAlgorithm.ES256)), 0);
    }

    /** Tokens of so many voters, signed where there are none yet. */
    public TokenStore of(TokenAlgorithm algorithm, int firstVoter, int count) {
        TokenStore store = stores.get(algorithm);
        if (store == null) {
            throw new IllegalStateException();
        }
        store.ensure(firstVoter, count, left -> System.err.printf("signing %s: %,d tokens to go%n", algorithm, left));
        return store;
    }
}
