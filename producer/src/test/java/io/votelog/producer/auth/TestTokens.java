// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.votelog.producer.crypto.UserId;
import io.votelog.producer.problem.Problems;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Tokens as others would issue them. */
public final class TestTokens {
    private TestTokens() {}

    public static UserId user(String text) {
        return UserId.of(text, fault -> Problems.malformed(fault).exception());
    }

    /** Claims that satisfy every rule. */
    public static JWTClaimsSet.Builder claims(String userId) {
        return new JWTClaimsSet.Builder()
                .subject(userId)
                .issuer("https://id.example")
                .audience("votelog")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    public static String signed(JWSAlgorithm algorithm, @Nullable String keyId, JWSSigner signer, JWTClaimsSet claims) {
        SignedJWT token =
                new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return token.serialize();
    }
}
