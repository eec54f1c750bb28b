// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import io.votelog.schemas.hash.Merkle;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decoders that accept one encoding of each value alone. The JDK's decoders accept others as well, so a signature or a
 * hash could have two texts, and the same file two forms.
 */
public final class StrictEncoding {
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,18}");

    private StrictEncoding() {}

    /** The base64 of these bytes, with padding, as in RFC 4648, section 4. */
    public static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Decodes base64; null when the text is not the encoding of its bytes by RFC 4648, section 4. */
    public static byte @Nullable [] base64(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return base64(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Decodes a hash in base64; null when the text is none. */
    static byte @Nullable [] hash(String text) {
        byte[] bytes = base64(text);
        return bytes != null && bytes.length == Merkle.HASH ? bytes : null;
    }

    /** Reads a number from 0 to 2^63 - 1 in decimal without leading zeros; empty when the text is none. */
    public static OptionalLong decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException beyond) {
            return OptionalLong.empty();
        }
    }

    /** Decodes UTF-8; null when the bytes are no valid UTF-8. */
    static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }

    /**
     * @throws IllegalArgumentException when the text has half a surrogate pair, which cannot be encoded in UTF-8
     */
    static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return Arrays.copyOf(bytes.array(), bytes.limit());
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("a text has half a surrogate pair", malformed);
        }
    }
}
