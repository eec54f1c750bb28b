package io.votelog.producer;

import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/** Request bodies in memory, bounded while they come in. */
final class Bodies {
    private Bodies() {}

    /** The whole body, empty when there is none; fails with a {@link ProblemException} (413) above the limit. */
    static Mono<byte[]> read(ServerHttpRequest request, int maxBytes) {
        if (request.getHeaders().getContentLength() > maxBytes) {
            return Mono.error(Problem.tooLarge(maxBytes).exception());
        }
        return DataBufferUtils.join(request.getBody(), maxBytes)
                .map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return bytes;
                })
                .defaultIfEmpty(new byte[0])
                .onErrorMap(DataBufferLimitException.class, tooMuch -> Problem.tooLarge(maxBytes)
                        .exception());
    }
}
