package io.votelog.streams.read;

import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.net.URISyntaxException;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.databind.json.JsonMapper;

/** Refuses addresses that are none, such as with a percent sign before no two digits. They would not get as far as Spring's errors. */
@Component
final class MalformedTargets implements NettyRouteProvider {
    /** What stands in addresses as it is, and in hosts; a percent sign and the rest have a closer look taken at them. */
    private static final String PLAIN = "/?&=.,:;-_~!$'()*+@";

    private final byte[] problem;

    MalformedTargets(JsonMapper json) {
        this.problem = ProblemDocument.json(
                json,
                HttpStatus.BAD_REQUEST.value(),
                "bad-request",
                HttpStatus.BAD_REQUEST.getReasonPhrase(),
                "The request's address is malformed; what is no plain character in it stands as % and two hexadecimal"
                        + " digits.");
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> isMalformed(request.uri()), this::refuse);
    }

    /** Whether the target of a request, as it came, is no URI nor the path of one. */
    static boolean isMalformed(String target) {
        if (target.chars().allMatch(MalformedTargets::isPlain)) {
            return false;
        }
        try {
            new URI(target.startsWith("/") ? "http://host" + target : target);
            return false;
        } catch (URISyntaxException malformed) {
            return true;
        }
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0;
    }

    private Mono<Void> refuse(HttpServerRequest request, HttpServerResponse response) {
        SecurityHeaders.DEFAULTS.forEach(response::header);
        response.status(HttpStatus.BAD_REQUEST.value())
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.VARY, HttpHeaders.ORIGIN)
                .header(HttpHeaders.CONTENT_LENGTH, Integer.toString(problem.length));
        return HttpMethod.HEAD.equals(request.method())
                ? response.send().then()
                : response.sendByteArray(Mono.just(problem)).then();
    }
}
