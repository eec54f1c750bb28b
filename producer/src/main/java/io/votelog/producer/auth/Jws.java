// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A signed token in compact form (RFC 7515, section 7.1). Its payload is read only when a key has signed it. */
final class Jws {
    /** Most characters of a token. */
    static final int MAX_LENGTH = 8 * 1024;

    static final String UNSIGNED = "the token is no signed JWT";
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final byte[] text;
    private final int firstDot;
    private final int secondDot;
    private final String headerSegment;
    private final JoseHeader header;
    private final boolean headerKnown;
    private final byte[] signature;

    private Jws(byte[] text, int firstDot, int secondDot, String headerSegment, @Nullable JoseHeader known) {
        this.text = text;
        this.firstDot = firstDot;
        this.secondDot = secondDot;
        this.headerSegment = headerSegment;
        this.headerKnown = known != null;
        this.header = known != null ? known : JoseHeader.parse(decode(text, 0, firstDot));
        this.signature = decode(text, secondDot + 1, text.length);
    }

    /**
     * Splits a token into its parts.
     *
     * @throws ProblemException 401 when it is no signed token
     */
    static Jws parse(String token, JoseHeaders headers) {
        if (token.length() > MAX_LENGTH) {
            throw refused("the token has more than %d characters".formatted(MAX_LENGTH));
        }
        int firstDot = token.indexOf('.');
        int secondDot = token.indexOf('.', firstDot + 1);
        if (firstDot <= 0 || secondDot < 0 || token.indexOf('.', secondDot + 1) >= 0) {
            throw refused(UNSIGNED);
        }
        String headerSegment = token.substring(0, firstDot);
        // Characters beyond ASCII are not base64url either; each part is checked when it is decoded.
        byte[] text = token.getBytes(StandardCharsets.ISO_8859_1);
        return new Jws(text, firstDot, secondDot, headerSegment, headers.known(headerSegment));
    }

    JoseHeader header() {
        return header;
    }

    boolean signedBy(TokenKey key) {
        return key.signed(text, secondDot, signature);
    }

    /** The payload of a token whose signature holds. */
    byte[] payload(JoseHeaders headers) {
        if (!headerKnown) {
            headers.remember(headerSegment, header);
        }
        return decode(text, firstDot + 1, secondDot);
    }

    /** Decodes base64url in its one canonical form: no padding, no other characters, no unused bits set. */
    private static byte[] decode(byte[] text, int from, int to) {
        byte[] part = Arrays.copyOfRange(text, from, to);
        try {
            byte[] decoded = DECODER.decode(part);
            if (Arrays.equals(ENCODER.encode(decoded), part)) {
                return decoded;
            }
        } catch (IllegalArgumentException notBase64) {
            // The problem is made below.
        }
        throw refused(UNSIGNED + ": a part of it is not base64url without padding");
    }

    /** The problem (401) of a refused token. */
    static ProblemException refused(String why) {
        return Problems.unauthorized(true, why).exception();
    }
}
