package io.votelog.auditor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file {@code checkpoint} of a log: the only one that changes. It is either the old one or the new one, whatever happens. */
final class CheckpointFile {
    static final String NAME = "checkpoint";

    private final Path folder;

    /** @param folder of the log */
    CheckpointFile(Path folder) {
        this.folder = folder;
    }

    /** What it holds; nothing where there is none. */
    String shown() {
        try {
            return Files.readString(folder.resolve(NAME));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(folder.resolve(NAME), Texts.reason(e)), e);
        }
    }

    /** Replaces it, unless it holds the same checkpoint already: that one may have cosignatures. */
    void show(String note) {
        if (shown().startsWith(note)) {
            return;
        }
        Path next = folder.resolve(NAME + ".next");
        try {
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(folder.resolve(NAME), Texts.reason(e)), e);
        }
    }
}
