// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the templates {@code {{>head}}} and {@code {{>language-switch}}} are filled from, under the name {@code head}.
 *
 * @param title of the page, for the browser's tab
 * @param language that the page is in
 * @param icon address of the site's picture
 * @param styles addresses of style sheets, in their order
 * @param libraries addresses of scripts that are no modules, in their order; they run before the modules
 * @param scripts addresses of modules, in their order
 * @param switchAddress of the same page in the other language
 * @param share what is shown of the page where it is shared; null where it is not meant to be
 */
public record Head(
        String title,
        Language language,
        String icon,
        List<String> styles,
        List<String> libraries,
        List<String> scripts,
        String switchAddress,
        @Nullable Share share) {
    /** What a file is called that is no module but sets a global name. */
    private static final String LIBRARY = ".iife.min.js";

    /**
     * The head of a page.
     *
     * @param own names of the page's own files by their endings: {@code .css} style sheets, {@code .iife.min.js} libraries, other
     *     {@code .js} modules
     */
    public static Head of(String title, Language language, StaticFiles files, String... own) {
        return new Head(
                title,
                language,
                files.address("votelog.svg"),
                Stream.concat(Stream.of("votelog.css"), Stream.of(own).filter(name -> name.endsWith(".css")))
                        .map(files::address)
                        .toList(),
                Stream.of(own)
                        .filter(name -> name.endsWith(LIBRARY))
                        .map(files::address)
                        .toList(),
                Stream.of(own)
                        .filter(name -> name.endsWith(".js") && !name.endsWith(LIBRARY))
                        .map(files::address)
                        .toList(),
                "?" + Language.PARAMETER + "=" + language.other().tag(),
                null);
    }

    /** The same head for a page that people share. */
    public Head shared(Share as) {
        return new Head(title, language, icon, styles, libraries, scripts, switchAddress, as);
    }

    /** The same head, with another address of the page in the other language. */
    public Head switchingTo(String address) {
        return new Head(title, language, icon, styles, libraries, scripts, address, share);
    }

    /** The language to switch to. */
    public Language other() {
        return language.other();
    }
}
