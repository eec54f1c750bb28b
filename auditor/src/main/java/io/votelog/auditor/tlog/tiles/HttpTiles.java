// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.BoundedHttp;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.UnreadableException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A log that is served over HTTP. The time and the size of each file are bounded. Where the server does not answer, is
 * overloaded or breaks off, the request is repeated, a bounded number of times and for a bounded time. Where the server
 * says how long to wait (Retry-After, RFC 9110, section 10.2.3), all threads that use this object wait so long. May be
 * used by several threads.
 */
public final class HttpTiles implements TileSource {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int GONE = 410;
    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY = 429;
    private static final int FIRST_SERVER_ERROR = 500;

    private final URI prefix;
    private final BoundedHttp http;
    private final Patience patience;

    /** No request is sent before this moment, by {@link System#nanoTime}. */
    private final AtomicLong quietUntilNs = new AtomicLong(System.nanoTime());

    /**
     * The bounds of waiting and repeating.
     *
     * @param answer the longest time of an answer
     * @param tries the most requests for a file where the server does not say how long to wait
     * @param firstWait the wait after the first failure; it doubles with each further one
     * @param whole the longest time of a file with all attempts and waits
     */
    public record Patience(Duration answer, int tries, Duration firstWait, Duration whole) {
        /** 30 seconds for an answer, five requests, the first wait a quarter of a second; two minutes for a file. */
        public static final Patience USUAL =
                new Patience(Duration.ofSeconds(30), 5, Duration.ofMillis(250), Duration.ofMinutes(2));
    }

    /**
     * @param prefix the log's URL, with or without a slash at its end
     * @throws IllegalArgumentException when the prefix is no http or https URL
     */
    public HttpTiles(URI prefix) {
        this(prefix, Patience.USUAL);
    }

    /** The same with other bounds of waiting. */
    public HttpTiles(URI prefix, Patience patience) {
        this.prefix = BoundedHttp.prefix(prefix);
        this.patience = patience;
        http = new BoundedHttp(patience.answer());
    }

    @Override
    public byte @Nullable [] read(String path) {
        long begunNs = System.nanoTime();
        Duration wait = patience.firstWait();
        for (int attempt = 1, failures = 0; ; attempt++) {
            waitUntilQuietIsOver(begunNs);
            Refusal refusal;
            try {
                Asked asked = ask(path);
                if (asked instanceof Body body) {
                    return body.bytes();
                }
                refusal = (Refusal) asked;
            } catch (UnreadableException e) {
                if (!e.passing()) {
                    throw e;
                }
                refusal = new Refusal(String.valueOf(e.getMessage()), null);
            }
            // A random part, so that clients do not all repeat at the same moment.
            Duration next = wait.plusNanos(ThreadLocalRandom.current().nextLong(1 + wait.toNanos() / 4));
            Duration asked = refusal.retryAfter();
            if (asked == null || asked.compareTo(next) < 0) {
                failures++;
                wait = wait.multipliedBy(2);
            } else {
                next = asked;
                long until = System.nanoTime() + next.toNanos();
                quietUntilNs.accumulateAndGet(until, (old, more) -> more - old > 0 ? more : old);
            }
            if (failures == patience.tries() || elapsed(begunNs).plus(next).compareTo(patience.whole()) > 0) {
                throw new UnreadableException(
                        "%s (asked %s%s)"
                                .formatted(
                                        refusal.why(),
                                        attempt == 1 ? "once" : attempt + " times",
                                        asked == null ? "" : "; it says to wait %d s".formatted(asked.toSeconds())),
                        false);
            }
            sleep(next);
        }
    }

    private sealed interface Asked {}

    /** A file's bytes; null where there is no such file. */
    private record Body(byte @Nullable [] bytes) implements Asked {}

    /** A failure that may be gone later; {@code retryAfter} is the wait that the server asks for, or null. */
    private record Refusal(String why, @Nullable Duration retryAfter) implements Asked {}

    private Asked ask(String path) {
        URI uri = prefix.resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept-Encoding", "gzip, identity")
                .build();
        BoundedHttp.Answer answer = http.send(request, EntryBundle.LONGEST);
        int status = answer.status();
        if (status == NOT_FOUND || status == GONE) {
            return new Body(null);
        }
        if (status != OK) {
            String why = "%s answers with status %d; 200, or 404 where there is no such file, is expected"
                    .formatted(uri, status);
            if (status >= FIRST_SERVER_ERROR
                    || status == REQUEST_TIMEOUT
                    || status == TOO_EARLY
                    || status == TOO_MANY) {
                return new Refusal(why, retryAfter(answer.headers()));
            }
            throw new UnreadableException(why, false);
        }
        if (!saysWhereItEnds(answer.headers())) {
            return new Refusal(
                    "%s does not say where its answer ends (no Content-Length, and not chunked), so nobody can tell whether it is whole"
                            .formatted(uri),
                    null);
        }
        boolean gzip = answer.headers()
                .firstValue("Content-Encoding")
                .filter("gzip"::equalsIgnoreCase)
                .isPresent();
        return new Body(gzip ? BoundedHttp.gunzip(answer.body(), EntryBundle.LONGEST, uri) : answer.body());
    }

    private static boolean saysWhereItEnds(HttpHeaders headers) {
        return headers.firstValue("Content-Length").isPresent()
                || headers.firstValue("Transfer-Encoding")
                        .filter("chunked"::equalsIgnoreCase)
                        .isPresent();
    }

    /** The wait that Retry-After asks for, as seconds or a date; null where there is no readable one. */
    static @Nullable Duration retryAfter(HttpHeaders headers) {
        String text = headers.firstValue("Retry-After").map(String::strip).orElse("");
        OptionalLong seconds = StrictEncoding.decimal(text);
        if (seconds.isPresent()) {
            return Duration.ofSeconds(Math.min(seconds.getAsLong(), Integer.MAX_VALUE));
        }
        try {
            Instant at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            Duration left = Duration.between(Instant.now(), at);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException malformed) {
            return null;
        }
    }

    private void waitUntilQuietIsOver(long begunNs) {
        for (long left = quietUntilNs.get() - System.nanoTime();
                left > 0 && elapsed(begunNs).compareTo(patience.whole()) < 0;
                left = quietUntilNs.get() - System.nanoTime()) {
            sleep(Duration.ofNanos(left));
        }
    }

    private static Duration elapsed(long sinceNs) {
        return Duration.ofNanos(System.nanoTime() - sinceNs);
    }

    private void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis() + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreadableException("interrupted while %s was waited for".formatted(prefix), false, e);
        }
    }

    @Override
    public String toString() {
        return prefix.toString();
    }
}
