// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A folder for what is needed for a while, such as a log's pseudonyms: its owner alone may read it, and it is deleted. */
final class WorkFolder implements AutoCloseable {
    private final Path path;
    private final Thread atExit = new Thread(this::deleteQuietly, "work-folder");

    private WorkFolder(Path path) {
        this.path = path;
        // A run that is stopped by a signal leaves no pseudonyms behind.
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** A new folder in this one, or where the machine keeps temporary files. */
    static WorkFolder temporary(@Nullable Path in) throws IOException {
        if (in == null) {
            return new WorkFolder(Files.createTempDirectory("votelog-bundle"));
        }
        Files.createDirectories(in);
        return new WorkFolder(Files.createTempDirectory(in, "votelog-bundle"));
    }

    /** The folder of this name; what a run that was killed left in it is deleted. */
    static WorkFolder at(Path path) throws IOException {
        delete(path);
        PrivateFiles.folder(path);
        return new WorkFolder(path);
    }

    Path path() {
        return path;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void deleteQuietly() {
        try {
            delete(path);
        } catch (IOException e) {
            System.err.println("%s could not be deleted, and holds what the bundle holds".formatted(path));
        }
    }

    @Override
    public void close() {
        deleteQuietly();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already, and finds nothing.
        }
    }
}
