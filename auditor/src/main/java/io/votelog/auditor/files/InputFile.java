// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.files;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Reads files that a user names on the command line, or that are part of a dump or an export. Only regular files and
 * links to them are read, up to a bound: a device or a pipe has no end.
 */
public final class InputFile {
    /** Bound for keys, a policy, a checkpoint, a proof, settings: 1 MiB. */
    public static final int SMALL = 1 << 20;

    /** Bound for a manifest: 16 MiB, enough for a thousand partitions. */
    public static final int MANIFEST = 16 << 20;

    /** Bound for an export's work on one partition, with the definitions of its ballots: 1 GiB. */
    public static final int WORK = 1 << 30;

    private InputFile() {}

    /**
     * A file's bytes.
     *
     * @param most the most bytes that the file may have
     * @throws AuditException when the file cannot be read, or is longer
     */
    public static byte[] bytes(Path file, int most) {
        try (InputStream in = open(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new AuditException(
                        "%s is longer than %,d bytes; what belongs there is not".formatted(file, most));
            }
            return bytes;
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(file, Texts.reason(e)), e);
        }
    }

    /** A file's text, in UTF-8. */
    public static String text(Path file, int most) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file, most)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AuditException("%s is no text in UTF-8".formatted(file), e);
        }
    }

    /**
     * Reads a JSON document into an object.
     *
     * @param most the most bytes that the file may have
     * @param kind the class; its fields have the names of the document's members
     * @param what what error messages call such a document, such as "manifest of a dump"
     * @throws AuditException when the file cannot be read, is longer, or is no such document
     */
    public static <T> T json(Path file, int most, Class<T> kind, String what) {
        return json(file, most, Texts.JSON.readerFor(kind), what);
    }

    /** The same as {@link #json}; a member that the class does not have is an error too. */
    public static <T> T strictJson(Path file, int most, Class<T> kind, String what) {
        return json(
                file,
                most,
                Texts.JSON
                        .readerFor(kind)
                        .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS),
                what);
    }

    private static <T> T json(Path file, int most, ObjectReader reader, String what) {
        T document;
        try {
            document = reader.readValue(new ByteArrayInputStream(bytes(file, most)));
        } catch (UnrecognizedPropertyException e) {
            throw new AuditException(
                    "%s is no %s that this version knows: %s is unknown to it, and must not be passed over"
                            .formatted(file, what, place(e)),
                    e);
        } catch (DatabindException e) {
            throw new AuditException("%s is no %s: %s is not what belongs there".formatted(file, what, place(e)), e);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw new AuditException(
                    "%s is no %s: it is no JSON, from line %d, column %d on"
                            .formatted(file, what, at == null ? 1 : at.getLineNr(), at == null ? 1 : at.getColumnNr()),
                    e);
        }
        if (document == null) {
            throw new AuditException("%s is no %s: it is null".formatted(file, what));
        }
        return document;
    }

    /** The place of a fault in the document, such as {@code files[3].begin}. */
    private static String place(DatabindException e) {
        String place = e.getPath().stream()
                .map(at -> at.getPropertyName() == null ? "[%d]".formatted(at.getIndex()) : "." + at.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        return place.isEmpty() ? "the whole" : place;
    }

    /**
     * Opens a file for callers who bound what they read. The stream ends where the file ended when it was opened, even
     * if the file grows.
     *
     * @throws AuditException when the file is no regular file
     */
    public static InputStream open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new AuditException("%s is no regular file, and is not read: %s"
                    .formatted(file, Files.isDirectory(file) ? "it is a folder" : "it may have no end"));
        }
        return new FixedLength(Files.newInputStream(file), Files.size(file));
    }

    /** A stream that ends where the file ended when it was opened. */
    private static final class FixedLength extends FilterInputStream {
        private long left;

        FixedLength(InputStream in, long size) {
            super(in);
            left = size;
        }

        @Override
        public int read() throws IOException {
            int read = left > 0 ? super.read() : -1;
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = super.read(to, from, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(Math.min(bytes, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
