package io.votelog.producer;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A vote as it came by HTTP.
 *
 * @param ballotId from the path
 * @param authorization the header as it came
 * @param contentType the header as it came
 * @param idempotencyKeys all values of the header
 * @param body the body when asked for; it fails with a {@link ProblemException} (413) when it has more than
 *     {@link VoteBody#MAX_BYTES}
 * @param answersOn where the log's acknowledgement is handed back
 */
record VoteRequest(
        String ballotId,
        @Nullable String authorization,
        @Nullable String contentType,
        List<String> idempotencyKeys,
        Mono<byte[]> body,
        Executor answersOn) {}
