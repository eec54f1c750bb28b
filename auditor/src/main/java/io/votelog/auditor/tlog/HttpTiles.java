package io.votelog.auditor.tlog;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A log that is served over HTTP. A file may take half a minute, and have no more bytes than one of a log can have. */
public final class HttpTiles implements TileSource {
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final URI prefix;
    private final Http http;

    /**
     * @param prefix the log's, with or without a slash at its end
     * @throws IllegalArgumentException when it is no http or https URL
     */
    public HttpTiles(URI prefix) {
        this(prefix, Duration.ofSeconds(30));
    }

    HttpTiles(URI prefix, Duration patience) {
        this.prefix = Http.prefix(prefix);
        http = new Http(patience);
    }

    @Override
    public byte @Nullable [] read(String path) {
        URI uri = prefix.resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept-Encoding", "gzip, identity")
                .build();
        Http.Answer answer = http.send(request, Bundle.LONGEST);
        if (answer.status() == NOT_FOUND || answer.status() == GONE) {
            return null;
        }
        if (answer.status() != 200) {
            throw new TlogException("%s answers with status %d; 200, or 404 where there is no such file, is expected"
                    .formatted(uri, answer.status()));
        }
        boolean gzip = answer.headers()
                .firstValue("Content-Encoding")
                .filter("gzip"::equalsIgnoreCase)
                .isPresent();
        return gzip ? Http.gunzip(answer.body(), Bundle.LONGEST, uri) : answer.body();
    }

    @Override
    public String toString() {
        return prefix.toString();
    }
}
