// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a page may load and whom it may talk to (Content Security Policy Level 3): nothing that is not named here. */
public final class ContentPolicy {
    private ContentPolicy() {}

    /**
     * A policy for a page whose scripts and styles are all of its own host, none of them inline. No other page may have it in a frame.
     *
     * @param connect other origins that its scripts may call, such as {@code https://results.example.org}; of a longer address its
     *     origin counts
     * @param pictures whether pictures of any https address may be shown
     * @param forms other origins that its forms may lead to
     */
    public static String of(Collection<URI> connect, boolean pictures, Collection<URI> forms) {
        return policy(connect, pictures, forms, "'none'");
    }

    /**
     * A policy for a page whose scripts and styles are all of its own host, and which calls nobody else.
     *
     * @param ancestors the origins whose pages may have it in a frame
     */
    public static String inFramesOf(Collection<URI> ancestors) {
        String allowed = ancestors.isEmpty()
                ? "'none'"
                : ancestors.stream().map(URI::toString).collect(Collectors.joining(" "));
        return policy(List.of(), false, List.of(), allowed);
    }

    private static String policy(
            Collection<URI> connect, boolean pictures, Collection<URI> forms, String frameAncestors) {
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" + (pictures ? " https:" : "")
                + "; connect-src " + selfAnd(connect)
                + "; form-action " + selfAnd(forms) + "; base-uri 'none'; frame-ancestors " + frameAncestors;
    }

    private static String selfAnd(Collection<URI> others) {
        Set<String> origins = new TreeSet<>(Set.of("'self'"));
        others.forEach(uri -> origins.add(uri.getScheme() + "://" + uri.getRawAuthority()));
        return String.join(" ", origins);
    }
}
