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

    /** That time. */
    public static Moment of(Instant time) {
        return new Moment(time.toString(), UTC.format(time));
    }
}
