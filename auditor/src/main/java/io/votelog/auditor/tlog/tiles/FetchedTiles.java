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
 * A log that is far away: its files are fetched many at a time, those that will be read next before they are, and each once. What
 * came is kept on the disk, in a file without a name that goes with this object, so that a log may be larger than the memory. The
 * checkpoint, which changes, is not kept. May be used by several threads.
 */
public final class FetchedTiles implements TileSource, AutoCloseable {
    /** Requests that are under way at a time, of all logs together. */
    public static final int AT_ONCE = 16;

    private static final String CHECKPOINT = "checkpoint";
    private static final ExecutorService THREADS = threads();

    private final TileSource source;
    private final FileChannel kept;
    private final Map<String, CompletableFuture<Place>> files = new ConcurrentHashMap<>();
    private long end;

    /** Where a file's bytes are; its length is negative where there is no such file. */
    private record Place(long from, int length) {}

    /**
     * @param source where the files are fetched from, by several threads
     * @throws UnreadableException when nothing can be kept on the disk
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

    /** Lets go of what was kept; what is under way comes to nothing. */
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
