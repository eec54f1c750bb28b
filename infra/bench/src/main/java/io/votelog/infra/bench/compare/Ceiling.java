// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.compare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A server that reads each request's body and gives one answer to all of them: what the gateway's own HTTP server can do where
 * there is no work.
 */
public final class Ceiling {
    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding", "connection");

    private Ceiling() {}

    /** @param args the port on 127.0.0.1, and a file that holds the answer's head and body as the gateway sent them */
    public static void main(String[] args) throws IOException {
        String answer = Files.readString(Path.of(args[1]), StandardCharsets.ISO_8859_1);
        int end = answer.indexOf("\r\n\r\n");
        HttpHeaders headers = new DefaultHttpHeaders();
        answer.substring(0, end).lines().skip(1).forEach(line -> {
            String name = line.substring(0, line.indexOf(':'));
            if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                headers.add(name, line.substring(line.indexOf(':') + 1).strip());
            }
        });
        byte[] body = answer.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
        headers.set("Content-Length", body.length);
        ByteBuf shared = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(body.length).writeBytes(body).asReadOnly());
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .map(ByteBuf::readableBytes)
                        .defaultIfEmpty(0)
                        .flatMap(length -> response.status(202)
                                .headers(headers)
                                .send(Mono.just(shared.duplicate()))
                                .then()))
                .bindNow();
        server.onDispose().block();
    }
}
