package io.votelog.auditor.tlog;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A log that a web server publishes. */
public final class HttpTiles implements TileSource {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Above a bundle of 256 entries of 65,535 bytes. */
    private static final int LONGEST = 17 << 20;

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private final String prefix;

    /** @param prefix the log's address, with or without a slash at its end */
    public HttpTiles(URI prefix) {
        String text = prefix.toString();
        this.prefix = text.endsWith("/") ? text : text + "/";
    }

    @Override
    public byte @Nullable [] read(String path) {
        URI address = URI.create(prefix + path);
        HttpRequest request = HttpRequest.newBuilder(address)
                .timeout(PATIENCE)
                .header("Accept-Encoding", "gzip, identity")
                .build();
        try {
            HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() == 404 || answer.statusCode() == 410) {
                    return null;
                }
                if (answer.statusCode() != 200) {
                    throw new TlogException("%s answers %d".formatted(address, answer.statusCode()));
                }
                boolean zipped = answer.headers()
                        .firstValue("Content-Encoding")
                        .filter("gzip"::equals)
                        .isPresent();
                InputStream plain = zipped ? new GZIPInputStream(body) : body;
                byte[] bytes = plain.readNBytes(LONGEST + 1);
                if (bytes.length > LONGEST) {
                    throw new TlogException("%s answers with more than %d bytes".formatted(address, LONGEST));
                }
                return bytes;
            }
        } catch (IOException e) {
            throw new TlogException("%s cannot be read: %s".formatted(address, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TlogException("interrupted", e);
        }
    }
}
