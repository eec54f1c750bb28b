// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.votelog.infra.bench.load.Load;
import io.votelog.infra.bench.load.LoadGenerator;
import io.votelog.infra.bench.load.LoadReport;
import io.votelog.infra.bench.system.TestSystem;
import io.votelog.infra.bench.voters.TokenAlgorithm;
import io.votelog.infra.bench.workspace.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    /** Starts it, with the answer that the gateway gives to a vote, header by header. It ends with the system. */
    public static HttpPeer start(TestSystem system, LoadGenerator generator) {
        int voter = system.newVoters(1);
        LoadReport one = generator.run(
                Load.closed(system.gatewayUrl(), 1, Duration.ZERO, Duration.ofSeconds(10), voter, 1),
                system.requests(system.gatewayUrl(), TokenAlgorithm.HS256, voter, 1),
                null,
                LoadGenerator.Span.IGNORED);
        if (one.sample().length == 0) {
            throw new BenchException("the gateway does not take a vote: " + one.byStatus() + " " + one.byProblem());
        }
        Path answer = system.dir().resolve("answer");
        try {
            Files.write(answer, one.sample());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.printf(
                "an answer of the gateway: %d bytes of head, %d of body%n%s%n",
                one.sampleHead(),
                one.sample().length - one.sampleHead(),
                new String(one.sample(), StandardCharsets.UTF_8));
        return HttpPeer.start(
                "ceiling", Ceiling.class, system, port -> List.of(Integer.toString(port), answer.toString()));
    }

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
