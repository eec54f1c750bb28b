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

    /** The characters with which a formula may begin; some spreadsheets take their full-width forms for the same. */
    private static final String FORMULA_SIGNS = "=+@\uFF1D\uFF0B\uFF0D\uFF20-";

    private static final Pattern FORMULA = Pattern.compile("^[\\t\\r\\n" + FORMULA_SIGNS + "]");

    /** The place behind a character that some spreadsheets take for the end of a cell instead of the comma. */
    private static final Pattern FORMULA_WITHIN =
            Pattern.compile("([;|\\t\\r\\n][\"'\\s\\u00A0]*)(?=[" + FORMULA_SIGNS + "])");

    private ResultsCsv() {}

    /**
     * The language among those of the options' titles that fits the preferences best.
     *
     * @param acceptLanguage the value of the header {@code Accept-Language}
     * @return a language that some title has, or null when none is wanted: then each title is in its first language
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

    /** Who the table is written for. */
    enum Use {
        /** Programs: they get the values as they are. */
        PROGRAM,

        /**
         * Spreadsheets: they get a byte-order mark, without which some take UTF-8 for another encoding. Text that they would
         * take for a formula, at whatever end of a cell they see, is preceded by an apostrophe (OWASP, CSV Injection).
         */
        SPREADSHEET
    }

    /** The document as CSV, with titles in this language where they have it, else in their first language. */
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

    /**
     * A field as RFC 4180, section 2, has it: a field with a quote, a comma or a line break is put in quotes, and quotes in it
     * are doubled.
     */
    static String quoted(String field) {
        boolean plain = field.chars().noneMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
