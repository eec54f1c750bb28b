// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.streams.read.results.ResultsDocument.OptionResults;
import io.votelog.streams.read.results.ResultsDocument.SectionResults;
import io.votelog.web.headers.AcceptLanguage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Results as comma-separated values (RFC 4180), UTF-8, one line for each option. */
final class ResultsCsv {
    private static final String HEADER = "section,option,title,votes,rank\r\n";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Their full-width forms too, which some spreadsheets take for the same. */
    private static final String FORMULA_SIGNS = "=+@\uFF1D\uFF0B\uFF0D\uFF20-";

    private static final Pattern FORMULA = Pattern.compile("^[\\t\\r\\n" + FORMULA_SIGNS + "]");

    /** Where a cell begins for a spreadsheet that takes another character than the comma for the end of one. */
    private static final Pattern FORMULA_WITHIN =
            Pattern.compile("([;|\\t\\r\\n][\"'\\s\\u00A0]*)(?=[" + FORMULA_SIGNS + "])");

    private ResultsCsv() {}

    /**
     * The language of the options' titles that these preferences come closest to.
     *
     * @param acceptLanguage the header's value
     * @return a language that some title is in, or nothing when none is wanted: then each title is in its first
     */
    static @Nullable String language(ResultsDocument document, @Nullable String acceptLanguage) {
        if (acceptLanguage == null || acceptLanguage.isBlank()) {
            return null;
        }
        Set<String> offered = new LinkedHashSet<>();
        for (SectionResults section : document.sections()) {
            for (OptionResults option : section.options()) {
                offered.addAll(option.title().keySet());
            }
        }
        return AcceptLanguage.parse(acceptLanguage).lookup(offered);
    }

    /** What the table is for. */
    enum Use {
        /** Programs get the values as they are. */
        PROGRAM,

        /**
         * Spreadsheets get a byte-order mark, without which some take UTF-8 for another encoding, and nothing that they would take
         * for a formula, whatever they take for the end of a cell: an apostrophe stands before it (OWASP, CSV injection).
         */
        SPREADSHEET
    }

    /** The document, its titles in this language where they have it, else in their first. */
    static byte[] write(ResultsDocument document, @Nullable String language, Use use) {
        StringBuilder csv = new StringBuilder(use == Use.SPREADSHEET ? BYTE_ORDER_MARK : "").append(HEADER);
        for (SectionResults section : document.sections()) {
            for (OptionResults option : section.options()) {
                csv.append(cell(section.id(), use))
                        .append(',')
                        .append(cell(option.id(), use))
                        .append(',')
                        .append(cell(title(option.title(), language), use))
                        .append(',')
                        .append(option.votes() == null ? "" : option.votes())
                        .append(',')
                        .append(option.rank() == null ? "" : option.rank())
                        .append("\r\n");
            }
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String cell(String text, Use use) {
        return quoted(use == Use.SPREADSHEET ? harmless(text) : text);
    }

    private static String harmless(String text) {
        String within = FORMULA_WITHIN.matcher(text).replaceAll("$1'");
        return FORMULA.matcher(text).find() ? "'" + within : within;
    }

    private static String title(Map<String, String> byLanguage, @Nullable String language) {
        String wanted = language == null ? null : byLanguage.get(language);
        return wanted != null ? wanted : byLanguage.values().iterator().next();
    }

    /** RFC 4180, section 2: a field with a quote, a comma or a line break stands in quotes, and its quotes are doubled. */
    static String quoted(String field) {
        boolean plain = field.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
