// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends HTTP requests to a server that is not trusted. The time and the size of each answer are bounded. */
public final class BoundedHttp {
    private final HttpClient client;
    private final Duration patience;

    /** An answer with its whole body. */
    public record Answer(int status, HttpHeaders headers, byte[] body) {}

    /** @param patience how long an answer may take, its body included */
    public BoundedHttp(Duration patience) {
        this.patience = patience;
        // HTTP/1.1 alone: simple servers misunderstand the offer to upgrade to HTTP/2.
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /**
     * A log's URL with a slash at its end, so that paths can be resolved against it.
     *
     * @throws IllegalArgumentException when it is no http or https URL, or has a query or a fragment
     */
    public static URI prefix(URI uri) {
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())
                || uri.getHost() == null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "'%s' is no http or https URL of a log: http://HOST/PATH is needed, without ? and #"
                            .formatted(uri));
        }
        return uri.getPath().endsWith("/") ? uri : URI.create(uri + "/");
    }

    /**
     * Sends a request.
     *
     * @param longest the most bytes that the body may have
     * @throws UnreadableException when no answer came in time, it broke off, or its body is longer
     */
    public Answer send(HttpRequest request, int longest) {
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(request, info -> new Bounded(longest));
        try {
            HttpResponse<byte[]> response = sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            throw new UnreadableException(
                    "%s gave no whole answer in %d ms".formatted(request.uri(), patience.toMillis()), true, e);
        } catch (ExecutionException e) {
            Throwable cause = root(e);
            if (cause instanceof TooLong) {
                throw new UnreadableException(
                        "%s can't be asked: the answer is longer than %d bytes".formatted(request.uri(), longest),
                        false,
                        e);
            }
            throw new UnreadableException("%s can't be asked: %s".formatted(request.uri(), why(cause)), true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreadableException("interrupted while %s was asked".formatted(request.uri()), false, e);
        } finally {
            sent.cancel(true);
        }
    }

    /** The cause in words. Many of the JDK's exceptions have no message here, only a class name. */
    private static String why(Throwable cause) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "no host of that name is known";
        }
        if (cause instanceof HttpTimeoutException) {
            return "no connection came about in time";
        }
        if (cause instanceof ConnectException || cause instanceof ClosedChannelException) {
            return "nobody takes the connection there";
        }
        if (cause instanceof SSLException) {
            return "no TLS connection: " + cause.getMessage();
        }
        return cause.getMessage() == null
                ? "the connection broke off"
                : "the connection broke off: " + cause.getMessage();
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            if (cause instanceof TooLong) {
                return cause;
            }
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * @throws UnreadableException when the bytes are no complete gzip stream, or unpack to more than {@code longest}
     *     bytes
     */
    public static byte[] gunzip(byte[] bytes, int longest, URI from) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            byte[] plain = in.readNBytes(longest + 1);
            if (plain.length > longest) {
                throw new UnreadableException(
                        "the answer of %s is longer than %d bytes".formatted(from, longest), false);
            }
            return plain;
        } catch (IOException e) {
            throw new UnreadableException(
                    "the answer of %s is said to be gzip and is not, or not all of it".formatted(from), true, e);
        }
    }

    private static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Collects a body, and fails at the first byte beyond the bound. */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final int longest;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private @Nullable Subscription subscription;

        Bounded(int longest) {
            this.longest = longest;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (body.size() + buffer.remaining() > longest) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    whole.completeExceptionally(new TooLong());
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                body.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(body.toByteArray());
        }
    }
}
