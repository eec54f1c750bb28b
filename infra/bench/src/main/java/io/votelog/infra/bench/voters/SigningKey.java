// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.voters;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A key that tokens are signed with, kept in a file as a JSON Web Key, so that signed tokens can be used again. Safe for use by
 * many threads.
 */
public final class SigningKey {
    private static final AmazonCorrettoCryptoProvider ACCP = AmazonCorrettoCryptoProvider.INSTANCE;
    private static final int RSA_BITS = 2048;
    private static final int SECRET_BYTES = 32;

    private final TokenAlgorithm algorithm;
    private final JWK key;
    private final JWSSigner signer;
    private final JWSHeader header;

    private SigningKey(TokenAlgorithm algorithm, JWK key) throws JOSEException {
        this.algorithm = algorithm;
        this.key = key;
        this.signer = switch (algorithm) {
            case HS256 -> new MACSigner(key.toOctetSequenceKey());
            case RS256 -> fast(new RSASSASigner(fast(key.toRSAKey().toPrivateKey())));
            case ES256 -> fast(new ECDSASigner(fast(key.toECKey().toPrivateKey()), Curve.P_256));
        };
        JWSHeader.Builder builder = new JWSHeader.Builder(algorithm.jws()).type(JOSEObjectType.JWT);
        this.header = (algorithm == TokenAlgorithm.HS256 ? builder : builder.keyID(key.getKeyID())).build();
    }

    /** With ACCP, where it runs: it signs several times as fast as the JDK, and there are hundreds of thousands to sign. */
    private static JWSSigner fast(BaseJWSProvider signer) {
        if (ACCP.getLoadingError() == null) {
            signer.getJCAContext().setProvider(ACCP);
        }
        return (JWSSigner) signer;
    }

    /** In ACCP's own form, which it would else be brought into, and checked, for each signature. */
    private static PrivateKey fast(PrivateKey key) {
        try {
            return ACCP.getLoadingError() == null
                    ? (PrivateKey)
                            KeyFactory.getInstance(key.getAlgorithm(), ACCP).translateKey(key)
                    : key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key in {@code <folder>/<algorithm>.jwk}, made where there is none yet. */
    public static SigningKey readOrMake(Path folder, TokenAlgorithm algorithm) {
        Path file = folder.resolve(algorithm.name().toLowerCase(java.util.Locale.ROOT) + ".jwk");
        try {
            if (Files.notExists(file)) {
                Files.createDirectories(folder);
                Path next = Files.createTempFile(folder, "key", ".next");
                Files.writeString(next, make(algorithm).toJSONString());
                Files.move(next, file);
            }
            return new SigningKey(algorithm, JWK.parse(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException | JOSEException e) {
            throw new BenchException("the key in %s cannot be used: %s".formatted(file, e.getMessage()));
        }
    }

    /**
     * The key for HS256 that another program holds.
     *
     * @param secret its text; a gateway takes the UTF-8 bytes of it
     */
    public static SigningKey ofSecret(String secret) {
        try {
            return new SigningKey(
                    TokenAlgorithm.HS256,
                    new OctetSequenceKey.Builder(secret.getBytes(StandardCharsets.UTF_8))
                            .keyIDFromThumbprint()
                            .build());
        } catch (JOSEException e) {
            throw new BenchException("the secret cannot be used: " + e.getMessage());
        }
    }

    private static JWK make(TokenAlgorithm algorithm) throws JOSEException {
        return switch (algorithm) {
            case HS256 -> {
                byte[] secret = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(secret);
                // The gateway takes the text's bytes for the key, so the text it is.
                yield new OctetSequenceKey.Builder(
                                HexFormat.of().formatHex(secret).getBytes(StandardCharsets.US_ASCII))
                        .keyIDFromThumbprint()
                        .build();
            }
            case RS256 ->
                new RSAKeyGenerator(RSA_BITS).keyIDFromThumbprint(true).generate();
            case ES256 ->
                new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        };
    }

    /** With what it signs. */
    public TokenAlgorithm algorithm() {
        return algorithm;
    }

    /** Tells keys apart, in file names too. */
    String id() {
        return key.getKeyID().substring(0, 12);
    }

    /** The secret as a gateway's configuration takes it. Only for {@link TokenAlgorithm#HS256}. */
    public String secretText() {
        return new String(key.toOctetSequenceKey().toByteArray(), StandardCharsets.UTF_8);
    }

    /** What everyone may know of it. Not for {@link TokenAlgorithm#HS256}. */
    public JWK publicKey() {
        return key.toPublicJWK();
    }

    /** What everyone may know of these keys, as a JSON Web Key Set. */
    public static String publicKeys(SigningKey... keys) {
        return new JWKSet(Stream.of(keys).map(SigningKey::publicKey).toList()).toString(true);
    }

    /** A signed JWT (RFC 7519) with these claims. */
    public byte[] sign(byte[] claims) {
        String signed = header.toBase64URL() + "." + com.nimbusds.jose.util.Base64URL.encode(claims);
        try {
            return (signed + "." + signer.sign(header, signed.getBytes(StandardCharsets.US_ASCII)))
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
