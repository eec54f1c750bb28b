// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer.
 *
 * @param method the request's
 * @param target the request's, as it was sent, with its query
 * @param preflight whether the request is a CORS preflight request
 * @param status the answer's
 * @param headers the answer's, by lower-case name
 * @param body the answer's body as sent; null when it is not known or not complete
 */
public record Exchange(
        String method,
        String target,
        boolean preflight,
        int status,
        Map<String, List<String>> headers,
        byte @Nullable [] body) {

    /** A header's first value; empty when the answer has no such header. */
    String header(String lowerCaseName) {
        List<String> values = headers.get(lowerCaseName);
        return values == null || values.isEmpty() ? "" : values.get(0);
    }

    /** The media type without its parameters; empty when the answer has none. */
    String mediaType() {
        return header("content-type").replaceAll(";.*", "").strip();
    }

    /** The body as text, decompressed as far as it goes; null when it is not known. */
    @Nullable
    String text() {
        if (body == null) {
            return null;
        }
        if (!header("content-encoding").equals("gzip")) {
            return new String(body, StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            in.transferTo(plain);
        } catch (IOException endsEarly) {
            // A stream that the client left ends within its compressed data.
        }
        return plain.toString(StandardCharsets.UTF_8);
    }

    /** The code of the problem in the body; empty when the body is none. */
    Optional<String> problem() {
        String text = text();
        return text == null || text.isEmpty() || !mediaType().equals("application/problem+json")
                ? Optional.empty()
                : Optional.of(OpenApi.code(text));
    }

    @Override
    public String toString() {
        String text = text();
        return "%s %s answered %d %s %s"
                .formatted(
                        method,
                        target.substring(0, Math.min(200, target.length())),
                        status,
                        headers,
                        text == null ? "" : text.substring(0, Math.min(500, text.length())));
    }
}
