// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a store's server as its only child, and ends it when this JVM ends. What the server has stored is of no use any more by then, so
 * it is given no time to put it in order.
 */
public final class StoreKeeper {
    private static final long PATIENCE_MS = 8_000;

    private StoreKeeper() {}

    /** @param args the signal that ends the server, and its command */
    public static void main(String[] args) throws IOException, InterruptedException {
        Process server = new ProcessBuilder(List.of(args).subList(1, args.length))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, args[0])));
        System.exit(server.waitFor());
    }

    private static void end(Process server, String signal) {
        try {
            if (server.isAlive()) {
                new ProcessBuilder("sh", "-c", "kill -$1 $2", "sh", signal, Long.toString(server.pid()))
                        .start()
                        .waitFor();
            }
            if (!server.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                server.destroyForcibly();
            }
        } catch (IOException e) {
            server.destroyForcibly();
        } catch (InterruptedException e) {
            server.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
