// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.count.Workers;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.export.PartitionExport.Result;
import io.votelog.auditor.files.GivenFile;
import io.votelog.auditor.files.OwnerOnly;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.Span;
import io.votelog.schemas.LogKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a log comes to into a folder. Work that is not finished is kept in {@value #WORK} there, so a run that was stopped
 * goes on: up to where the log went when the first one began, and without the partitions that are done.
 */
public final class Export {
    /** The folder of what is not finished, within the export's. */
    static final String WORK = "unfinished";

    /** What a run keeps to, written once. */
    static final String PLAN = "plan.json";

    private final LogSource source;
    private final LogKeys keys;
    private final Wanted wanted;
    private final Path folder;
    private final Path work;
    private final int threads;
    private final int mostHeld;
    private final Progress progress;

    /**
     * @param folder made if it is not there; otherwise empty, or with an export that was not finished
     * @param threads partitions that are read at a time
     * @param mostHeld sets of options that memory holds for each of them
     */
    public Export(
            LogSource source, LogKeys keys, Wanted wanted, Path folder, int threads, int mostHeld, Progress progress) {
        this.source = source;
        this.keys = keys;
        this.wanted = wanted;
        this.folder = folder;
        this.work = folder.resolve(WORK);
        this.threads = threads;
        this.mostHeld = mostHeld;
        this.progress = progress;
    }

    @JsonPropertyOrder({"source", "wanted", "votes"})
    private record Plan(String source, Wanted wanted, List<Span> votes) {}

    /**
     * Makes the export, or finishes it.
     *
     * @throws AuditException when the folder holds something else, the log cannot be read, or is not whole
     */
    public ExportManifest run() throws IOException {
        ExportManifest finished = finished();
        if (finished == null) {
            checkFolder();
            if (wanted.rows()) {
                OwnerOnly.folder(folder);
            }
            // What is not finished holds what the public may not know yet.
            OwnerOnly.folder(work);
        }
        if (Files.isDirectory(work)) {
            try (FileChannel channel = FileChannel.open(
                            work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                if (lock == null) {
                    throw new AuditException("another program writes into %s".formatted(folder));
                }
                if (finished == null) {
                    finished = make();
                }
                delete(work);
            }
        }
        if (finished == null) {
            throw new AuditException("%s was taken away".formatted(work));
        }
        return finished;
    }

    private @Nullable ExportManifest finished() throws IOException {
        Path file = folder.resolve(ExportManifest.NAME);
        if (Files.notExists(file)) {
            return null;
        }
        ExportManifest manifest = read(file, ExportManifest.class);
        if (!ExportManifest.FORMAT.equals(manifest.format()) || !wanted.equals(manifest.wanted())) {
            throw new AuditException("%s holds another export".formatted(folder));
        }
        return manifest;
    }

    private void checkFolder() throws IOException {
        if (Files.notExists(folder) || Files.isDirectory(work)) {
            return;
        }
        try (Stream<Path> there = Files.list(folder)) {
            if (there.findAny().isPresent()) {
                throw new AuditException("%s is not empty: an export goes into a folder of its own".formatted(folder));
            }
        }
    }

    private ExportManifest make() throws IOException {
        Plan plan = plan();
        Progress.Total total = progress.total(
                "exporting",
                plan.votes().stream()
                        .mapToLong(span -> span.end() - span.begin())
                        .sum());
        List<Runnable> pieces = new ArrayList<>();
        for (Span span : plan.votes()) {
            if (Files.notExists(result(span))) {
                pieces.add(() -> take(span, total));
            }
        }
        try {
            Workers.run(threads, pieces);
        } finally {
            progress.end();
        }
        List<Result> results = new ArrayList<>();
        for (Span span : plan.votes()) {
            results.add(read(result(span), Result.class));
        }
        ExportManifest manifest = wanted.rows() ? rowsManifest(results) : publicManifest(results);
        for (ExportManifest.File file : manifest.files()) {
            if (Files.exists(work.resolve(file.file()))) {
                move(work.resolve(file.file()), folder.resolve(file.file()));
            }
        }
        write(manifest, folder.resolve(ExportManifest.NAME));
        return manifest;
    }

    private void take(Span span, Progress.Total total) {
        try {
            write(new PartitionExport(wanted, span, keys, work, mostHeld).run(source, total::one), result(span));
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(work, Texts.reason(e)), e);
        }
    }

    private ExportManifest publicManifest(List<Result> results) throws IOException {
        PublicFiles files = new PublicFiles(wanted, work);
        files.write(results);
        return new ExportManifest(ExportManifest.FORMAT, false, wanted, null, files.ballots(), files.files());
    }

    private ExportManifest rowsManifest(List<Result> results) {
        Map<Integer, Long> positions = results.stream()
                .collect(Collectors.toMap(Result::partition, Result::end, (one, other) -> one, TreeMap::new));
        return new ExportManifest(
                ExportManifest.FORMAT,
                true,
                wanted,
                positions,
                PublicFiles.ballots(wanted, results, work),
                results.stream().flatMap(result -> result.files().stream()).toList());
    }

    private Path result(Span span) {
        return work.resolve("partition-%d.json".formatted(span.partition()));
    }

    private Plan plan() throws IOException {
        Path file = work.resolve(PLAN);
        List<Span> now = new VotesReader(source, threads, progress).spans();
        if (Files.notExists(file)) {
            Plan plan = new Plan(source.name(), wanted, now);
            write(plan, file);
            return plan;
        }
        Plan plan = read(file, Plan.class);
        if (!plan.source().equals(source.name()) || !plan.wanted().equals(wanted)) {
            throw new AuditException("%s holds an unfinished export of other things (%s from %s)"
                    .formatted(folder, plan.wanted(), plan.source()));
        }
        Map<Integer, Long> ends = now.stream().collect(Collectors.toMap(Span::partition, Span::end));
        for (Span span : plan.votes()) {
            if (ends.getOrDefault(span.partition(), 0L) < span.end()) {
                throw new AuditException(
                        "%s ends before offset %d, where the export was begun".formatted(span, span.end()));
            }
        }
        return plan;
    }

    private static <T> T read(Path file, Class<T> kind) {
        return GivenFile.json(file, GivenFile.WORK, kind, "part of an export");
    }

    private static void write(Object document, Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, Texts.JSON.writeValueAsString(document) + "\n");
        move(next, file);
    }

    /** What has its name is whole, whenever the machine stops. */
    private static void move(Path from, Path to) throws IOException {
        try (FileChannel written = FileChannel.open(from, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.delete(folder);
    }
}
