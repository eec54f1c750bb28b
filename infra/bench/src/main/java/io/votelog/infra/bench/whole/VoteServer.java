// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.votelog.infra.system.BallotSource;
import io.votelog.rules.Ballot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The gateway's HTTP server in front of a store: a vote is answered 202 when the store has confirmed that it is kept and counted. */
public final class VoteServer {
    // The generator reads where a vote stands. A store has no such place, and nothing here is made for each vote.
    private static final ByteBuf COUNTED = shared(
            "{\"voteId\":\"00000000-0000-0000-0000-000000000000\",\"status\":\"counted\",\"partition\":0,\"offset\":0}");
    private static final ByteBuf UNKNOWN = shared("{\"type\":\"urn:votelog:problem:outcome-unknown\"}");

    private final String route;
    private final BearerTokens tokens;
    private final VoteForm form;
    private final UnderWay underWay;

    private VoteServer(Ballot ballot, BearerTokens tokens, UnderWay underWay) {
        this.route = "/v1/ballots/" + ballot.id() + "/votes";
        this.tokens = tokens;
        this.form = new VoteForm(ballot);
        this.underWay = underWay;
    }

    /**
     * Serves until it is ended.
     *
     * @param args the port on 127.0.0.1, the kind of store and its port, the secret of HS256, and the repository, whose ballot it takes
     */
    public static void main(String[] args) {
        StoreKind kind = StoreKind.valueOf(args[1]);
        int storePort = Integer.parseInt(args[2]);
        Ballot ballot = BallotSource.seed(Path.of(args[4])).ballot();
        List<VoteStore> writers = IntStream.range(0, kind.writers())
                .mapToObj(writer -> kind.connect(storePort, writer, ballot.optionCount()))
                .toList();
        VoteServer server = new VoteServer(
                ballot, new BearerTokens(args[3], Clock.systemUTC()), new UnderWay(writers, kind.most()));
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle(server::answer)
                .bindNow()
                .onDispose()
                .block();
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.POST) || !request.uri().equals(route)) {
            return response.status(404).send();
        }
        String voter = tokens.user(request.requestHeaders().get("Authorization"));
        if (voter == null) {
            return response.status(401).send();
        }
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> cast(voter, body, response));
    }

    private Mono<Void> cast(String voter, byte[] body, HttpServerResponse response) {
        List<Integer> options = form.options(body);
        if (options == null) {
            return response.status(422).send().then();
        }
        return Mono.fromFuture(underWay.cast(voter, options))
                .map(counted -> counted ? 202 : 409)
                .onErrorResume(failure -> {
                    System.err.println("not known to be stored: " + failure);
                    return Mono.just(503);
                })
                .flatMap(status -> switch (status) {
                    case 202 -> send(response, status, COUNTED, "application/json");
                    case 503 -> send(response, status, UNKNOWN, "application/problem+json");
                    default -> response.status(status).send().then();
                });
    }

    private static Mono<Void> send(HttpServerResponse response, int status, ByteBuf body, String type) {
        return response.status(status)
                .header("Content-Type", type)
                .header("Content-Length", Integer.toString(body.readableBytes()))
                .send(Mono.just(body.duplicate()))
                .then();
    }

    private static ByteBuf shared(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }
}
