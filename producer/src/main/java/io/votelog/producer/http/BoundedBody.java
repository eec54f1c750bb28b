// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.votelog.producer.problem.Problems;
import io.votelog.web.problem.ProblemException;
import java.util.Arrays;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.http.server.HttpServerRequest;
import reactor.util.context.Context;

/** The whole body of a request to one of the votes' routes, with a bound while it comes in. */
final class BoundedBody extends Mono<byte[]> {
    private static final int FIRST_GUESS = 256;

    private final HttpServerRequest request;
    private final int maxBytes;

    private BoundedBody(HttpServerRequest request, int maxBytes) {
        this.request = request;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads the whole body; empty when there is none.
     *
     * @return fails with a {@link ProblemException}: 413 when the body is longer than the limit, 408 when it stops coming in,
     *     415 when it is compressed
     */
    static Mono<byte[]> of(HttpServerRequest request, int maxBytes) {
        return new BoundedBody(request, maxBytes);
    }

    @Override
    public void subscribe(CoreSubscriber<? super byte[]> subscriber) {
        String length = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        // A length of more than nine digits is too long whatever they are. The server has refused a length that is no
        // number.
        int announced = length == null ? 0 : length.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(length);
        if (isCoded(request)) {
            Operators.error(subscriber, Problems.codedBody().exception());
        } else if (announced > maxBytes) {
            Operators.error(subscriber, Problems.tooLarge(maxBytes).exception());
        } else {
            request.receive().subscribe(new Gatherer(subscriber, length == null ? FIRST_GUESS : announced, maxBytes));
        }
    }

    /**
     * Whether the body has a content coding, such as compression. No browser compresses what it sends, and a small body that
     * decompresses to a large one is an attack.
     */
    static boolean isCoded(HttpServerRequest request) {
        String coding = request.requestHeaders().get(HttpHeaderNames.CONTENT_ENCODING);
        return coding != null && !coding.strip().equalsIgnoreCase("identity");
    }

    private static final class Gatherer implements CoreSubscriber<ByteBuf>, Subscription {
        private final CoreSubscriber<? super byte[]> subscriber;
        private final int maxBytes;
        private byte[] bytes;
        private int count;
        private boolean done;
        private Subscription source = Operators.emptySubscription();

        Gatherer(CoreSubscriber<? super byte[]> subscriber, int expected, int maxBytes) {
            this.subscriber = subscriber;
            this.bytes = new byte[expected];
            this.maxBytes = maxBytes;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            source = subscription;
            subscriber.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            source.request(Long.MAX_VALUE);
        }

        @Override
        public void cancel() {
            source.cancel();
        }

        @Override
        public void onNext(ByteBuf part) {
            int added = part.readableBytes();
            if (done) {
                return;
            }
            if (count + added > maxBytes) {
                end(Problems.tooLarge(maxBytes).exception());
                return;
            }
            if (count + added > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(maxBytes, Math.max(count + added, 2 * bytes.length)));
            }
            part.readBytes(bytes, count, added);
            count += added;
        }

        @Override
        public void onComplete() {
            if (!done) {
                done = true;
                subscriber.onNext(count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
                subscriber.onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            // Otherwise the server would report the failure once more when the answer is written, and it would be
            // logged as an error.
            source.cancel();
            if (!done) {
                end(Bodies.brokenOff(failure).exception());
            }
        }

        private void end(ProblemException refusal) {
            done = true;
            subscriber.onError(refusal);
        }
    }
}
