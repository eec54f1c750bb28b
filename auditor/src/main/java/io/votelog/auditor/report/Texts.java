// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The forms of numbers, lists, errors and JSON in this program's output. */
public final class Texts {
    /** Writes indented JSON, which people may read too. */
    public static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Writes JSON in one line, for rows of a file. */
    public static final JsonMapper JSON_LINE = new JsonMapper();

    private Texts() {}

    /** A number with its noun: "1 vote", "12,345 votes". */
    public static String count(long number, String what) {
        return count(number, what, what + "s");
    }

    /** A number with a noun that has an irregular plural. */
    public static String count(long number, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
    }

    /** The first {@code most} lines, and the number of further ones. */
    public static String first(int most, List<String> lines) {
        String first = String.join("\n", lines.subList(0, Math.min(most, lines.size())));
        return lines.size() <= most
                ? first
                : first + String.format(Locale.ROOT, "\n… and %,d more", lines.size() - most);
    }

    /** Why a file cannot be read or written, in words for the user. */
    public static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return "this user may not";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "it is there already";
        }
        if (failure instanceof NotDirectoryException) {
            return "it is no folder";
        }
        String why = failure instanceof FileSystemException ofFile ? ofFile.getReason() : failure.getMessage();
        return why == null ? "the machine does not say why" : why;
    }

    /** Why the brokers do not answer, in words for the user. */
    public static String reason(KafkaException failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        if (deepest instanceof TimeoutException) {
            return "no answer came in time; is that their address, and do they run?";
        }
        String why = deepest.getMessage();
        return why == null ? "their client does not say why" : why;
    }
}
