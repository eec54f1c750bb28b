// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.files;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces a file atomically and durably: readers and a crash find either the old or the new contents. */
public final class KeptFile {
    private static final String NEXT = ".next";

    private KeptFile() {}

    /**
     * Writes the bytes to a file beside this one, whose name has {@code .next} at its end, forces them to the disk, and
     * renames it.
     *
     * @throws AuditException when that is not possible; the old contents are left
     */
    public static void replace(Path file, byte[] bytes) {
        Path target = file.toAbsolutePath();
        Path next = target.resolveSibling(target.getFileName() + NEXT);
        try {
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            Path folder = target.getParent();
            if (folder != null) {
                try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                    directory.force(true);
                }
            }
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(file, Texts.reason(e)), e);
        }
    }
}
