// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import com.nimbusds.jose.JWSAlgorithm;

/** With what the voters' tokens are signed. */
public enum TokenAlgorithm {
    HS256(JWSAlgorithm.HS256, 60_000),
    RS256(JWSAlgorithm.RS256, 30_000),
    ES256(JWSAlgorithm.ES256, 30_000);

    private final JWSAlgorithm jws;
    private final int guessedRate;

    TokenAlgorithm(JWSAlgorithm jws, int guessedRate) {
        this.jws = jws;
        this.guessedRate = guessedRate;
    }

    JWSAlgorithm jws() {
        return jws;
    }

    /** Votes a second for which tokens are held ready where nothing better is known. */
    public int guessedRate() {
        return guessedRate;
    }
}
