// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import io.votelog.web.coding.Coded;
import io.votelog.web.coding.Representation;
import io.votelog.web.headers.AcceptEncoding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** A page or a file as it goes out, compressed once for all who ask for it. */
public final class Content {
    private static final int HASH_BYTES = 8;
    private static final String POLICY = "Content-Security-Policy";
    private static final Duration LONG = Duration.ofDays(1);

    private final MediaType type;
    private final Coded bytes;
    private final String hash;

    private Content(MediaType type, byte[] plain) {
        this.type = type;
        this.bytes = new Coded(plain);
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

    /**
     * The answer to a request for it: 304 when the client has it.
     *
     * @param policy the page's Content-Security-Policy, or null for what is no page
     * @param maxAge for how long it may be kept without being asked for again
     */
    public ResponseEntity<byte[]> answer(HttpHeaders request, @Nullable String policy, Duration maxAge) {
        boolean immutable = maxAge.compareTo(LONG) >= 0;
        CacheControl caching =
                immutable ? CacheControl.maxAge(maxAge).cachePublic().immutable() : CacheControl.maxAge(maxAge);
        List<String> varies = immutable ? List.of() : List.of(HttpHeaders.ACCEPT_LANGUAGE);
        HttpHeaders more = new HttpHeaders();
        if (policy != null) {
            more.set(POLICY, policy);
        }
        return new Representation(type, hash, bytes, caching, varies).answer(request, more);
    }

    /**
     * The answer to a request for a page that is not there, which this one says. Nobody may keep it.
     *
     * @param policy its Content-Security-Policy
     */
    public ResponseEntity<byte[]> notFound(HttpHeaders request, String policy) {
        return once(HttpStatus.NOT_FOUND, request, policy, Map.of());
    }

    /**
     * An answer that is for this request alone. Nobody may keep it.
     *
     * @param policy its Content-Security-Policy
     * @param more further headers
     */
    public ResponseEntity<byte[]> once(
            HttpStatus status, HttpHeaders request, String policy, Map<String, String> more) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(POLICY, policy);
        headers.setCacheControl(CacheControl.noStore());
        headers.setContentType(type);
        more.forEach(headers::set);
        return new ResponseEntity<>(bytes.in(headers, AcceptEncoding.gzip(request)), headers, status);
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
