// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.export.ExportFile;
import io.votelog.auditor.export.ExportManifest;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/** The figures of the ballots in a public bundle's export. */
final class PublicTallies {
    private static final String TALLIES = BundlePaths.PUBLIC + "tallies.jsonl";
    private static final String DECISIONS = BundlePaths.PUBLIC + "decisions.jsonl";

    private final Map<String, Map<String, Long>> byBallot = new TreeMap<>();
    private final StringBuilder tallyTable = new StringBuilder("ballotId,section,option,votes\r\n");
    private final StringBuilder decisionTable = new StringBuilder("ballotId,outcome,reason,votes\r\n");
    private final UnpackedBundle bundle;

    private record Tally(String ballotId, String section, String option, long votes) {}

    private record Decisions(String ballotId, String outcome, @Nullable String reason, long votes) {}

    /** @throws AuditException when the files are no export's */
    PublicTallies(UnpackedBundle bundle) {
        this.bundle = bundle;
        ObjectReader tallies =
                Texts.JSON_LINE.readerFor(Tally.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        lines(bundle, TALLIES, line -> {
            Tally tally = tallies.readValue(line);
            row(tallyTable, tally.ballotId(), tally.section(), tally.option(), tally.votes());
            put(tally.ballotId(), "option %s/%s".formatted(tally.section(), tally.option()), tally.votes());
        });
        ObjectReader decisions =
                Texts.JSON_LINE.readerFor(Decisions.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        lines(bundle, DECISIONS, line -> {
            Decisions said = decisions.readValue(line);
            row(decisionTable, said.ballotId(), said.outcome(), said.reason(), said.votes());
            put(said.ballotId(), outcome(said.outcome(), said.reason()), said.votes());
        });
    }

    private interface Line {
        void take(String line);
    }

    private static void row(StringBuilder table, @Nullable Object... cells) {
        table.append(Stream.of(cells)
                        .map(cell -> cell == null ? "" : ExportFile.cell(cell))
                        .collect(Collectors.joining(",")))
                .append("\r\n");
    }

    /** The table for spreadsheets that has other rows than the lines for programs; null when none has. */
    @Nullable
    String otherTable() {
        String tallies = TALLIES.replace(".jsonl", ".csv");
        if (!bundle.text(tallies).contentEquals(tallyTable)) {
            return tallies;
        }
        String decisions = DECISIONS.replace(".jsonl", ".csv");
        return bundle.text(decisions).contentEquals(decisionTable) ? null : decisions;
    }

    private static String outcome(String outcome, @Nullable String reason) {
        return reason == null ? outcome : outcome + " " + reason;
    }

    private void put(@Nullable String ballotId, String figure, long votes) {
        Map<String, Long> figures =
                byBallot.computeIfAbsent(Objects.requireNonNullElse(ballotId, ""), any -> new LinkedHashMap<>());
        if (figures.put(figure, votes) != null) {
            throw new AuditException("%s has %s of %s twice".formatted(BundlePaths.PUBLIC, figure, ballotId));
        }
    }

    private static void lines(UnpackedBundle bundle, String path, Line take) {
        long number = 0;
        try (BufferedReader in = new BufferedReader(new StringReader(bundle.text(path)))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                take.take(line);
            }
        } catch (JacksonException e) {
            throw new AuditException("line %d of %s is none of an export".formatted(number, path), e);
        } catch (IOException e) {
            throw new AuditException("%s cannot be read: %s".formatted(path, Texts.reason(e)), e);
        }
    }

    /**
     * The manifest of a public bundle's export.
     *
     * @throws AuditException when it is none, or not one for the public
     */
    static ExportManifest manifest(UnpackedBundle bundle) {
        String path = BundlePaths.PUBLIC + ExportManifest.NAME;
        ExportManifest manifest = InputFile.strictJson(
                bundle.path(path), InputFile.MANIFEST, ExportManifest.class, "manifest of an export");
        boolean whole = ExportManifest.FORMAT.equals(manifest.format())
                && !manifest.notForPublication()
                && manifest.files() != null
                && manifest.files().stream()
                        .allMatch(file -> file != null && file.file() != null && file.sha256() != null);
        if (!whole) {
            throw new AuditException("%s is no manifest of an export for the public".formatted(path));
        }
        return manifest;
    }

    /** What differs between a ballot's figures here and its final results; null when nothing does. */
    @Nullable
    String difference(FinalResult result) {
        Map<String, Long> here = byBallot.getOrDefault(result.ballotId(), Map.of());
        Map<String, Long> there = new LinkedHashMap<>();
        result.votes()
                .forEach(each -> there.put("option %s/%s".formatted(each.section(), each.option()), each.votes()));
        there.put("ACCEPTED", result.accepted());
        there.put("RETRIED", result.retried());
        result.rejected().forEach((reason, votes) -> there.put("REJECTED " + reason, votes));
        there.put("ANNULLED", result.annulled());
        there.put("LATE", result.late());
        for (Map.Entry<String, Long> figure : there.entrySet()) {
            Long exported = here.get(figure.getKey());
            if (!figure.getValue().equals(exported)) {
                return "%s: in the results %d, in the export %s"
                        .formatted(figure.getKey(), figure.getValue(), exported);
            }
        }
        return here.size() == there.size() ? null : "the export has figures that the results have not";
    }
}
