// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers to requests. Everybody may read what is served here, from pages of any origin. */
final class Answers {
    private Answers() {}

    /** How long an answer may be kept. */
    enum Kept {
        /** What is at the address never changes. */
        FOREVER("public, max-age=31536000, immutable"),
        /** It changes, and may be a second old. */
        SHORT("public, max-age=1"),
        /** It is for the one who asks. */
        NEVER("no-store");

        private final String header;

        Kept(String header) {
            this.header = header;
        }
    }

    /** Answers 200 with a body, or with its length alone to HEAD. */
    static void ok(HttpExchange exchange, String type, Kept kept, byte[] body) throws IOException {
        send(exchange, 200, type, kept, body);
    }

    /** Answers 304: what the client has is still so. */
    static void notModified(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Cache-Control", Kept.SHORT.header);
        exchange.sendResponseHeaders(304, -1);
    }

    /**
     * Answers with a problem document (RFC 9457).
     *
     * @param code behind {@code urn:votelog:problem:}
     */
    static void problem(HttpExchange exchange, int status, String code, String title, String detail)
            throws IOException {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "urn:votelog:problem:" + code);
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        send(
                exchange,
                status,
                "application/problem+json",
                Kept.NEVER,
                Texts.JSON_LINE.writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, Kept kept, byte[] body)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", kept.header);
        headers.set("Access-Control-Allow-Origin", "*");
        headers.set("Access-Control-Expose-Headers", "ETag, Retry-After");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
