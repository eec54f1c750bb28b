// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.function.Supplier;

/** Serves one text at exactly its own path. */
record FixedText(String type, Supplier<byte[]> text) implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!path.equals(exchange.getHttpContext().getPath())) {
            PublishedFiles.notThere(exchange);
            return;
        }
        Answers.ok(exchange, type, Answers.Kept.SHORT, text.get());
    }
}
