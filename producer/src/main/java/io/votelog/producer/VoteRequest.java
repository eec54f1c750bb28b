package io.votelog.producer;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A vote as it came by HTTP.
 *
 * @param ballotId from the path
 * @param peer the other end of the connection, a proxy perhaps; null when it has no address
 * @param headers all values of a header, in order, by its name
 * @param body the body when asked for; it fails with a {@link ProblemException} (413) when it has more than
 *     {@link VoteBody#MAX_BYTES}
 * @param answersOn where the log's acknowledgement is handed back
 */
record VoteRequest(
        String ballotId,
        @Nullable InetSocketAddress peer,
        Function<String, List<String>> headers,
        Mono<byte[]> body,
        Executor answersOn) {
    /** The header's first value, or null. */
    @Nullable
    String header(String name) {
        List<String> values = headers.apply(name);
        return values.isEmpty() ? null : values.get(0);
    }
}
