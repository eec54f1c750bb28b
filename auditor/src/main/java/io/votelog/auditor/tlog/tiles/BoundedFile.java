// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.UnreadableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of a log that anybody may have written. Devices and pipes have no end, so they are not opened, nor links
 * to them. A regular file is read up to a bound.
 */
public final class BoundedFile {
    private BoundedFile() {}

    /**
     * A file's bytes.
     *
     * @param longest the most bytes that the file may have
     * @return null where there is no such file
     * @throws UnreadableException when it is no regular file, cannot be read, or is longer
     */
    public static byte @Nullable [] readIfThere(Path file, int longest) {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
                throw new UnreadableException("%s is no regular file, and is not read".formatted(file), false);
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(longest + 1);
                if (bytes.length > longest) {
                    throw new UnreadableException(
                            "%s is longer than %d bytes; it can't be what it should be".formatted(file, longest),
                            false);
                }
                return bytes;
            }
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException e) {
            throw new UnreadableException("%s can't be read: %s".formatted(file, why(e)), false, e);
        }
    }

    static String why(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "this user may not read it";
        }
        if (failure instanceof FileSystemException of && of.getReason() != null) {
            return of.getReason();
        }
        return String.valueOf(failure.getMessage());
    }
}
