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

/** Writes rows as JSON lines and as comma-separated values (RFC 4180), in two files of one name. */
final class ExportFile implements AutoCloseable {
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
     * @param row as JSON has it
     * @param cells as CSV has it, text without quotes, commas and line ends; what a spreadsheet would take for a formula is made
     *     harmless
     */
    void add(Object row, Object... cells) throws IOException {
        json.write(Texts.JSON_LINE.writeValueAsString(row) + "\n");
        csv.write(Stream.of(cells).map(ExportFile::cell).collect(Collectors.joining(",", "", "\r\n")));
        rows++;
    }

    /** Of the texts in an export, ids may begin like a formula: then an apostrophe stands before it, as in the results' own file. */
    private static String cell(Object value) {
        String text = value.toString();
        boolean formula = value instanceof String && !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        return formula ? "'" + text : text;
    }

    /** Ends both files and says what they are. */
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
