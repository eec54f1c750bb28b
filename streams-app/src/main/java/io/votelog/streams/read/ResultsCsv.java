package io.votelog.streams.read;

import io.votelog.streams.read.ResultsDocument.OptionResults;
import io.votelog.streams.read.ResultsDocument.SectionResults;
import io.votelog.web.headers.AcceptLanguage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Results as comma-separated values (RFC 4180), UTF-8, one line for each option. */
final class ResultsCsv {
    private static final String HEADER = "section,option,title,votes,rank\r\n";

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

    /** The document, its titles in this language where they have it, else in their first. */
    static byte[] write(ResultsDocument document, @Nullable String language) {
        StringBuilder csv = new StringBuilder(HEADER);
        for (SectionResults section : document.sections()) {
            for (OptionResults option : section.options()) {
                csv.append(quoted(section.id()))
                        .append(',')
                        .append(quoted(option.id()))
                        .append(',')
                        .append(quoted(title(option.title(), language)))
                        .append(',')
                        .append(option.votes() == null ? "" : option.votes())
                        .append(',')
                        .append(option.rank() == null ? "" : option.rank())
                        .append("\r\n");
            }
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
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
