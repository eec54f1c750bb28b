package io.votelog.schemas;

import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 4648, section 5), in its one canonical spelling. */
final class Base64Url {
    private Base64Url() {}

    /** The bytes, when the text is the canonical spelling of exactly that many. */
    static Optional<byte[]> decode(String text, int length) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        boolean canonical =
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text);
        return bytes.length == length && canonical ? Optional.of(bytes) : Optional.empty();
    }
}
