// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A time, as templates show it.
 *
 * @param iso the value of the attribute {@code datetime}
 * @param text the time in UTC, which the page says beside it; scripts show it in the reader's own time zone
 */
public record Moment(String iso, String text) {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int YEAR = "uuuu-".length();

    /** That time. */
    public static Moment of(Instant time) {
        return new Moment(time.toString(), UTC.format(time));
    }

    /** That time behind an earlier one: a year that is the same is not said again. */
    public static Moment of(Instant time, Instant from) {
        String text = UTC.format(time);
        boolean sameYear = text.regionMatches(0, UTC.format(from), 0, YEAR);
        return new Moment(time.toString(), sameYear ? text.substring(YEAR) : text);
    }
}
