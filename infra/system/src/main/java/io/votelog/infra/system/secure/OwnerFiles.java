// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.secure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** Files that nobody but their owner may read. */
final class OwnerFiles {
    private static final String FILE = "rw-------";
    private static final String FOLDER = "rwx------";
    private static final int DRAWN_BYTES = 24;

    private OwnerFiles() {}

    /** Makes the folder, unless it is there. */
    static void folder(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FOLDER)));
    }

    /** Writes the file, or puts another one in its place at once: a reader sees the one or the other, whole. */
    static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FILE)));
        Files.writeString(next, text, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static void restrict(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(FILE));
    }

    /** A password of {@value #DRAWN_BYTES} random bytes, in letters, digits, "-" and "_". */
    static String drawn() {
        byte[] random = new byte[DRAWN_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
