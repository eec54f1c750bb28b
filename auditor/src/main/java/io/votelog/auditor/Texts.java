package io.votelog.auditor;

import java.util.Locale;

/** Numbers in reports. */
final class Texts {
    private Texts() {}

    /** "1 vote", "12,345 votes". */
    static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }
}
