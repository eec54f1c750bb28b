// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog.tiles;

import io.votelog.auditor.tlog.UnreadableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cache of a remote log's files. Each file is fetched once, many files at a time, and files that will be read next
 * are fetched ahead. The cache is a temporary file, deleted on close, so that a log may be larger than memory. The
 * checkpoint, which changes, is not cached. May be used by several threads.
 */
public final class FetchedTiles implements TileSource, AutoCloseable {
    /** The most requests at a time, over all logs together. */
    public static final int AT_ONCE = 16;

    private static final String CHECKPOINT = "checkpoint";
    private static final ExecutorService THREADS = threads();

    private final TileSource source;
    private final FileChannel kept;
    private final Map<String, CompletableFuture<Place>> files = new ConcurrentHashMap<>();
    private long end;

    /** The place of a file in the cache; a negative length says that the log has no such file. */
    private record Place(long from, int length) {}

    /**
     * @param source the remote log; it is read by several threads
     * @throws UnreadableException when no temporary file can be created
     */
    public FetchedTiles(TileSource source) {
        this.source = source;
        try {
            Path file = Files.createTempFile("votelog-tiles", "");
            kept = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UnreadableException(
                    "what is read of %s can't be kept in %s".formatted(source, System.getProperty("java.io.tmpdir")),
                    false,
                    e);
        }
    }

    private static ExecutorService threads() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "tiles");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public void ahead(List<String> paths) {
        paths.forEach(this::file);
    }

    private CompletableFuture<Place> file(String path) {
        return files.computeIfAbsent(path, any -> CompletableFuture.supplyAsync(() -> fetch(path), THREADS));
    }

    private Place fetch(String path) {
        byte[] bytes = source.read(path);
        return bytes == null ? new Place(0, -1) : keep(bytes);
    }

    private Place keep(byte[] bytes) {
        long from;
        synchronized (this) {
            from = end;
            end += bytes.length;
        }
        try {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                kept.write(left, from + left.position());
            }
            return new Place(from, bytes.length);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public byte @Nullable [] read(String path) {
        if (path.equals(CHECKPOINT)) {
            return source.read(path);
        }
        Place place;
        try {
            place = file(path).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        if (place.length() < 0) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(place.length());
        try {
            while (bytes.hasRemaining()) {
                if (kept.read(bytes, place.from() + bytes.position()) < 0) {
                    throw new IOException("it was cut short");
                }
            }
            return bytes.array();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private UnreadableException lost(IOException failure) {
        return new UnreadableException(
                "what is read of %s can't be kept on the disk: %s".formatted(source, failure.getMessage()),
                false,
                failure);
    }

    /** Deletes the cache; requests that are under way fail. */
    @Override
    public void close() {
        try {
            kept.close();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
