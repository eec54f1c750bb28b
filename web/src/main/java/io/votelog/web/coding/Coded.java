// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.coding;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Bytes as they are and in gzip, compressed when somebody takes them so for the first time. */
public final class Coded {
    private final byte[] plain;
    private byte @Nullable [] gzip;

    /** @param plain which is not copied; nobody may change it */
    public Coded(byte[] plain) {
        this.plain = plain;
    }

    /** The bytes as they are; nobody may change them. */
    public byte[] plain() {
        return plain;
    }

    /** The same compressed (RFC 1952); nobody may change them. */
    synchronized byte[] gzip() {
        if (gzip == null) {
            gzip = compressed(plain);
        }
        return gzip;
    }

    /**
     * The bytes of an answer: compressed for whoever takes gzip, which {@code Content-Encoding} then says.
     *
     * @param answer its headers
     */
    public byte[] in(HttpHeaders answer, boolean gzip) {
        if (gzip) {
            answer.set(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return gzip ? gzip() : plain;
    }

    private static byte[] compressed(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
