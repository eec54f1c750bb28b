// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** Health as the other programs tell it: at {@code /actuator/health/liveness} always up, elsewhere below it when the sealer works. */
record HealthHandler(BooleanSupplier ready) implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
        boolean up = exchange.getRequestURI().getPath().endsWith("/liveness") || ready.getAsBoolean();
        byte[] body =
                "{\"status\":\"%s\"}".formatted(up ? "UP" : "OUT_OF_SERVICE").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(up ? 200 : 503, body.length);
        exchange.getResponseBody().write(body);
    }
}
