// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.receipts;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Prefer} header (RFC 7240). Of its preferences only {@code wait=N}, in seconds, is honoured. */
final class PreferHeader {
    private static final Pattern WAIT =
            Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=$|[,;])", Pattern.CASE_INSENSITIVE);

    /** Characters beyond these are ignored. */
    private static final int MAX_CHARS = 1_024;

    private PreferHeader() {}

    /**
     * How long the client is ready to wait; zero when it does not say.
     *
     * @param most the longest wait that is granted
     */
    static Duration waitOf(@Nullable List<String> prefer, Duration most) {
        if (prefer == null) {
            return Duration.ZERO;
        }
        String all = String.join(", ", prefer);
        Matcher wait = WAIT.matcher(all.length() > MAX_CHARS ? all.substring(0, MAX_CHARS) : all);
        if (!wait.find()) {
            return Duration.ZERO;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(wait.group(1)));
        return asked.compareTo(most) > 0 ? most : asked;
    }
}
