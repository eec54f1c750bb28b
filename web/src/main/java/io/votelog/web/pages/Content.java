package io.votelog.web.pages;

import io.votelog.web.headers.AcceptEncoding;
import io.votelog.web.headers.EntityTags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** A page or a file as it goes out, compressed once for all who ask for it. */
public final class Content {
    private static final int HASH_BYTES = 8;

    private final MediaType type;
    private final byte[] plain;
    private final byte[] gzipped;
    private final String hash;

    private Content(MediaType type, byte[] plain) {
        this.type = type;
        this.plain = plain;
        this.gzipped = gzip(plain);
        this.hash = hash(plain);
    }

    /** An HTML page. */
    public static Content html(String page) {
        return new Content(
                new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8), page.getBytes(StandardCharsets.UTF_8));
    }

    static Content file(MediaType type, byte[] bytes) {
        return new Content(type, bytes);
    }

    /** 16 hexadecimal digits that another content has not. */
    String hash() {
        return hash;
    }

    /** How many bytes go over the wire to a browser. */
    public int wireBytes() {
        return gzipped.length;
    }

    /**
     * The answer to a request for it: 304 when the client has it.
     *
     * @param policy the page's Content-Security-Policy, or null for what is no page
     * @param maxAge for how long it may be kept without being asked for again
     */
    public ResponseEntity<byte[]> answer(HttpHeaders request, @Nullable String policy, Duration maxAge) {
        HttpHeaders headers = new HttpHeaders();
        boolean immutable = maxAge.compareTo(Duration.ofDays(1)) >= 0;
        headers.setCacheControl(
                immutable ? CacheControl.maxAge(maxAge).cachePublic().immutable() : CacheControl.maxAge(maxAge));
        headers.set(HttpHeaders.VARY, immutable ? "Accept-Encoding" : "Accept-Encoding, Accept-Language");
        if (policy != null) {
            headers.set("Content-Security-Policy", policy);
        }
        boolean compressed = AcceptEncoding.gzip(request);
        String tag = "\"" + hash + (compressed ? "-gzip" : "") + "\"";
        headers.setETag(tag);
        if (EntityTags.ifNoneMatch(request).name(tag)) {
            return new ResponseEntity<>(headers, HttpStatus.NOT_MODIFIED);
        }
        headers.setContentType(type);
        if (compressed) {
            headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return new ResponseEntity<>(compressed ? gzipped : plain, headers, HttpStatus.OK);
    }

    /**
     * The answer to a request for a page that is not there, which this one says.
     *
     * @param policy its Content-Security-Policy
     */
    public ResponseEntity<byte[]> notFound(HttpHeaders request, String policy) {
        HttpHeaders unconditional = new HttpHeaders();
        unconditional.addAll(HttpHeaders.ACCEPT_ENCODING, request.getOrEmpty(HttpHeaders.ACCEPT_ENCODING));
        ResponseEntity<byte[]> page = answer(unconditional, policy, Duration.ZERO);
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(page.getHeaders());
        headers.setETag(null);
        return new ResponseEntity<>(page.getBody(), headers, HttpStatus.NOT_FOUND);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String hash(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
