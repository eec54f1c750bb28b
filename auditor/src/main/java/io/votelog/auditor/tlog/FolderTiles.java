package io.votelog.auditor.tlog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A log in a folder, as {@link TileWriter} writes it. */
public final class FolderTiles implements TileSource {
    private final Path folder;

    /** @param folder the log's prefix */
    public FolderTiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public byte @Nullable [] read(String path) {
        Path file = folder.resolve(path);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new TlogException("%s is no regular file, and is not read".formatted(file));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(Bundle.LONGEST + 1);
            if (bytes.length > Bundle.LONGEST) {
                throw new TlogException(
                        "%s is longer than %d bytes; no file of a log is".formatted(file, Bundle.LONGEST));
            }
            return bytes;
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException e) {
            throw new TlogException("%s can't be read: %s".formatted(file, e), e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
