// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 4648, section 5), in its one canonical spelling. */
public final class Base64Url {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Base64Url() {}

    /** The text that spells these bytes. */
    public static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** The bytes that the text spells; empty unless it is the canonical spelling of exactly {@code length} bytes. */
    public static Optional<byte[]> decode(String text, int length) {
        return decode(text).filter(bytes -> bytes.length == length);
    }

    /** The bytes that the text spells; empty unless it is their canonical spelling. */
    public static Optional<byte[]> decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    }
}
