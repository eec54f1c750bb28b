// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.report.Texts;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes rows to two files of the same name: JSON lines, and comma-separated values (RFC 4180). */
public final class ExportFile implements AutoCloseable {
    private static final String FORMULA_STARTS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private final Part json;
    private final Part csv;

    /** @param columns the header of the CSV file */
    ExportFile(Path folder, String name, List<String> columns) throws IOException {
        json = new Part(folder.resolve(name + ".jsonl"));
        csv = new Part(folder.resolve(name + ".csv"));
        csv.write(String.join(",", columns) + "\r\n");
    }

    private static final class Part {
        private final Path path;
        private final MessageDigest sha256 = Hashes.sha256();
        private final OutputStream out;

        Part(Path path) throws IOException {
            this.path = path;
            this.out = new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(path), sha256), 1 << 16);
        }

        void write(String line) throws IOException {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }

        ExportManifest.File finish(long rows) throws IOException {
            out.close();
            return new ExportManifest.File(
                    path.getFileName().toString(), rows, HexFormat.of().formatHex(sha256.digest()));
        }
    }

    private long rows;

    /**
     * Writes a row.
     *
     * @param row the row for the JSON file
     * @param cells the row for the CSV file. Texts must be without quotes, commas and line ends; a text that a
     *     spreadsheet would take for a formula gets an apostrophe in front
     */
    void add(Object row, Object... cells) throws IOException {
        json.write(Texts.JSON_LINE.writeValueAsString(row) + "\n");
        csv.write(Stream.of(cells).map(ExportFile::cell).collect(Collectors.joining(",", "", "\r\n")));
        rows++;
    }

    /**
     * A cell as text. Ids may begin like a formula; an apostrophe is put before them, as in the CSV file of the
     * results.
     */
    public static String cell(Object value) {
        String text = value.toString();
        boolean formula = value instanceof String && !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        return formula ? "'" + text : text;
    }

    /** Closes both files and returns their entries for the manifest. */
    List<ExportManifest.File> finish() throws IOException {
        return List.of(json.finish(rows), csv.finish(rows));
    }

    @Override
    public void close() {
        try {
            json.out.close();
            csv.out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
