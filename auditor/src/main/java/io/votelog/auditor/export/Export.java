// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.count.ParallelTasks;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.export.PartitionExport.Result;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.LogKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Exports the counts of a log, or its votes, into a folder. Unfinished work is kept in the folder {@value #WORK} within
 * it. So a run that was stopped can be continued: it exports the log up to the ends that were noted when the first run
 * began, and skips partitions that are done.
 */
public final class Export {
    /** The folder of unfinished work, within the export's folder. */
    static final String WORK = "unfinished";

    /** The file with the plan of an export: source, request and ends of the log. It is written by the first run. */
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
     * @param folder created if it does not exist; otherwise it must be empty or hold an unfinished export
     * @param threads the most partitions that are read at a time
     * @param mostHeld the most sets of options that memory holds for each of these partitions
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

    /**
     * What an export is made by, from its first run on.
     *
     * @param begunAt when the first run began, in whole seconds; null where no file of the export tells a time
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"source", "wanted", "begunAt", "votes"})
    private record Plan(String source, Wanted wanted, @Nullable String begunAt, List<OffsetRange> votes) {}

    /**
     * Makes the export, or finishes it.
     *
     * @throws AuditException when the folder holds something else, the log cannot be read, or a part of it is missing
     */
    public ExportManifest run() throws IOException {
        ExportManifest finished = finished();
        if (finished == null) {
            checkFolder();
            if (wanted.rows()) {
                PrivateFiles.folder(folder);
            }
            // Unfinished work may hold what must not be public yet.
            PrivateFiles.folder(work);
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
                        .mapToLong(range -> range.end() - range.begin())
                        .sum());
        List<Runnable> pieces = new ArrayList<>();
        for (OffsetRange range : plan.votes()) {
            if (Files.notExists(result(range))) {
                pieces.add(() -> take(range, total));
            }
        }
        try {
            ParallelTasks.run(threads, pieces);
        } finally {
            progress.end();
        }
        List<Result> results = new ArrayList<>();
        for (OffsetRange range : plan.votes()) {
            results.add(read(result(range), Result.class));
        }
        ExportManifest manifest = wanted.rows() ? rowsManifest(results) : publicManifest(plan, results);
        for (ExportManifest.File file : manifest.files()) {
            if (Files.exists(work.resolve(file.file()))) {
                move(work.resolve(file.file()), folder.resolve(file.file()));
            }
        }
        write(manifest, folder.resolve(ExportManifest.NAME));
        return manifest;
    }

    private void take(OffsetRange range, Progress.Total total) {
        try {
            write(new PartitionExport(wanted, range, keys, work, mostHeld).run(source, total::one), result(range));
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(work, Texts.reason(e)), e);
        }
    }

    private ExportManifest publicManifest(Plan plan, List<Result> results) throws IOException {
        PublicFiles files = new PublicFiles(wanted, work);
        files.write(results);
        if (plan.begunAt() != null) {
            files.writeReports(results, Instant.parse(plan.begunAt()));
        }
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

    private Path result(OffsetRange range) {
        return work.resolve("partition-%d.json".formatted(range.partition()));
    }

    private Plan plan() throws IOException {
        Path file = work.resolve(PLAN);
        List<OffsetRange> now = new VotesReader(source, threads, progress).ranges();
        if (Files.notExists(file)) {
            String begunAt = wanted.reports()
                    ? Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()
                    : null;
            Plan plan = new Plan(source.name(), wanted, begunAt, now);
            write(plan, file);
            return plan;
        }
        Plan plan = read(file, Plan.class);
        if (!plan.source().equals(source.name()) || !plan.wanted().equals(wanted)) {
            throw new AuditException("%s holds an unfinished export of other things (%s from %s)"
                    .formatted(folder, plan.wanted(), plan.source()));
        }
        Map<Integer, Long> ends = now.stream().collect(Collectors.toMap(OffsetRange::partition, OffsetRange::end));
        for (OffsetRange range : plan.votes()) {
            if (ends.getOrDefault(range.partition(), 0L) < range.end()) {
                throw new AuditException(
                        "%s ends before offset %d, where the export was begun".formatted(range, range.end()));
            }
        }
        return plan;
    }

    private static <T> T read(Path file, Class<T> kind) {
        return InputFile.json(file, InputFile.WORK, kind, "part of an export");
    }

    private static void write(Object document, Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, Texts.JSON.writeValueAsString(document) + "\n");
        move(next, file);
    }

    /**
     * Forces a file to the disk, then gives it its name: a file with that name is complete even if the machine stops.
     */
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
