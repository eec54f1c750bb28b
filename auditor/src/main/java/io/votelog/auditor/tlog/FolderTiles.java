package io.votelog.auditor.tlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A log in a folder. */
public final class FolderTiles implements TileSource {
    private final Path folder;

    /** @param folder that holds {@code checkpoint} and {@code tile} */
    public FolderTiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public byte @Nullable [] read(String path) {
        try {
            return Files.readAllBytes(folder.resolve(path));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new TlogException("%s cannot be read: %s".formatted(folder.resolve(path), e), e);
        }
    }
}
