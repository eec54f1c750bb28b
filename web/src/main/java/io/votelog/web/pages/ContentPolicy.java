// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What a page may load and whom it may talk to (Content Security Policy Level 3): nothing that is not named here. */
public final class ContentPolicy {
    private ContentPolicy() {}

    /**
     * A policy for a page whose scripts and styles are all of its own host, none of them inline.
     *
     * @param connect other origins that its scripts may call, such as {@code https://results.example.org}; of a longer address its
     *     origin counts
     * @param pictures whether pictures of any https address may be shown
     */
    public static String of(Collection<URI> connect, boolean pictures) {
        Set<String> origins = new LinkedHashSet<>(Set.of("'self'"));
        connect.forEach(uri -> origins.add(uri.getScheme() + "://" + uri.getRawAuthority()));
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" + (pictures ? " https:" : "")
                + "; connect-src " + origins.stream().sorted().collect(Collectors.joining(" "))
                + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    }
}
