// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.votelog.auditor.seal.CheckpointFile;
import io.votelog.auditor.tlog.tiles.FolderTiles;
import io.votelog.schemas.Digests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the files of both trees as C2SP tlog-tiles has them: tiles and bundles of entries never change and may be kept for ever, partial ones
 * too; a checkpoint is replaced, and may be kept for a second. A sealer that has only been started has what it had when it ended, which readers
 * may have seen grow since at another sealer: nothing is served until it is level.
 *
 * @param level whether the sealer has looked at the log since its start
 */
record PublishedFiles(Path folder, BooleanSupplier level) implements HttpHandler {
    private static final Pattern FILE = Pattern.compile(
            "/(?:votes|verdicts)/(checkpoint|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\\.p/[0-9]{1,3})?)");

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher file = FILE.matcher(path);
        if (!file.matches()) {
            notThere(exchange);
            return;
        }
        if (!level.getAsBoolean()) {
            notYet(exchange);
            return;
        }
        byte[] bytes = new FolderTiles(folder).read(path.substring(1));
        if (bytes == null) {
            notThere(exchange);
        } else if (file.group(1).equals(CheckpointFile.NAME)) {
            checkpoint(exchange, bytes);
        } else {
            Answers.ok(exchange, "application/octet-stream", Answers.Kept.FOREVER, bytes);
        }
    }

    private static void checkpoint(HttpExchange exchange, byte[] bytes) throws IOException {
        String tag = "\"" + HexFormat.of().formatHex(Digests.sha256().digest(bytes), 0, 16) + "\"";
        exchange.getResponseHeaders().set("ETag", tag);
        String known = exchange.getRequestHeaders().getFirst("If-None-Match");
        if (known != null && known.contains(tag)) {
            Answers.notModified(exchange);
        } else {
            Answers.ok(exchange, "text/plain; charset=utf-8", Answers.Kept.SHORT, bytes);
        }
    }

    private static void notYet(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", "1");
        Answers.problem(
                exchange,
                503,
                "unavailable",
                "Not possible at the moment",
                "This sealer was started a moment ago, and brings its sealed log up to date before it shows it.");
    }

    static void notThere(HttpExchange exchange) throws IOException {
        Answers.problem(
                exchange,
                404,
                "not-found",
                "Not found",
                "There is nothing here. A sealed log has votes/checkpoint and verdicts/checkpoint, and tiles below votes/tile and verdicts/tile;"
                        + " a proof is at v1/ballots/{id}/receipts/{receipt}/proof?partition={partition}&offset={offset}.");
    }
}
