// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.Problem;
import io.votelog.web.problem.ProblemException;
import java.io.IOException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/** Reads request bodies of Spring's routes into memory, with a bound while they come in. */
final class Bodies {
    private Bodies() {}

    /**
     * Reads the whole body; empty when there is none.
     *
     * @return fails with a {@link ProblemException}: 413 when the body is longer than the limit, 408 when it stops coming in
     */
    static Mono<byte[]> read(ServerHttpRequest request, int maxBytes) {
        if (request.getHeaders().getContentLength() > maxBytes) {
            return Mono.error(Problems.tooLarge(maxBytes).exception());
        }
        return DataBufferUtils.join(request.getBody(), maxBytes)
                .map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return bytes;
                })
                .defaultIfEmpty(new byte[0])
                .onErrorMap(failure -> problem(failure, maxBytes));
    }

    private static Throwable problem(Throwable failure, int maxBytes) {
        if (failure instanceof DataBufferLimitException) {
            return Problems.tooLarge(maxBytes).exception();
        }
        return failure instanceof ReadTimeoutException
                        || failure instanceof DecoderException
                        || failure instanceof IOException
                        || failure instanceof AbortedException
                ? brokenOff(failure).exception()
                : failure;
    }

    /** The problem of a request whose body did not come to its end. */
    static Problem brokenOff(Throwable failure) {
        if (failure instanceof ReadTimeoutException) {
            return Problems.requestTimeout();
        }
        // When the client has gone, nobody reads this problem; it must only not be taken for an error of the gateway.
        return Problems.malformed(
                failure instanceof DecoderException
                        ? "the body's chunks are malformed"
                        : "the request ended before its body did");
    }
}
