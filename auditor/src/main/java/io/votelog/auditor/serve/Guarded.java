// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.tlog.TlogException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What all handlers have in common: reading is all that anybody may do, and a fault is answered. */
record Guarded(HttpHandler handler, @Nullable SealerMeters meters) implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (method.equals("OPTIONS")) {
                exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
                exchange.getResponseHeaders().set("Access-Control-Allow-Methods", "GET, HEAD");
                exchange.getResponseHeaders().set("Access-Control-Allow-Headers", "Authorization");
                exchange.getResponseHeaders().set("Access-Control-Max-Age", "86400");
                exchange.sendResponseHeaders(204, -1);
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                Answers.problem(
                        exchange, 405, "method-not-allowed", "Method not allowed", "Only GET and HEAD are known here.");
            } else {
                answer(exchange);
            }
        } finally {
            if (meters != null) {
                meters.answered(exchange.getResponseCode());
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            handler.handle(exchange);
        } catch (RuntimeException e) {
            if (!(e instanceof AuditException || e instanceof TlogException)) {
                System.err.printf(
                        "%s was not answered as it should be: %s%n",
                        exchange.getHttpContext().getPath(), e);
            }
            if (exchange.getResponseCode() < 0) {
                exchange.getResponseHeaders().set("Retry-After", "5");
                Answers.problem(
                        exchange,
                        503,
                        "unavailable",
                        "Not possible at the moment",
                        "Something cannot be read now; try again.");
            }
        }
    }
}
