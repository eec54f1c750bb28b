package io.votelog.auditor;

import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Numbers and documents as this program writes them. */
final class Texts {
    /** For documents that people read too. */
    static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** For rows of a file, each in one line. */
    static final JsonMapper JSON_LINE = new JsonMapper();

    private Texts() {}

    /** "1 vote", "12,345 votes". */
    static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }
}
