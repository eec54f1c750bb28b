// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.votes;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A {@code Content-Type} header without its parameters. */
public final class ContentType {
    private ContentType() {}

    /** Type and subtype in lower case; empty when there is none. */
    public static String of(@Nullable String header) {
        if (header == null) {
            return "";
        }
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
