// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.cluster;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something in a cluster that is not as the log needs it.
 *
 * @param severity what comes of it
 * @param what where it is, what is there, and what is expected; a sentence without its full stop
 * @param mend how an operator puts it right: a command of Kafka's tools, or what else there is to do
 */
public record Finding(Severity severity, String what, String mend) {
    /** What comes of a finding; the worst stands first. */
    public enum Severity {
        /** A law of the log cannot be kept with it: nothing starts. */
        ERROR,
        /** The laws are kept, and the log survives less, or is open less often, than it could be. */
        WARNING
    }

    static Finding error(String what, String mend) {
        return new Finding(Severity.ERROR, what, mend);
    }

    static Finding warning(String what, String mend) {
        return new Finding(Severity.WARNING, what, mend);
    }

    /** Whether it stops a start. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The errors among findings, a line each. */
    public static String errors(List<Finding> findings) {
        return findings.stream().filter(Finding::isError).map(Finding::text).collect(Collectors.joining("\n"));
    }

    /** What was found and how it is mended, in one line. */
    public String text() {
        return "%s. Mend: %s".formatted(what, mend);
    }

    /** The same behind its severity. */
    @Override
    public String toString() {
        return "%s %s".formatted(severity, text());
    }
}
