package io.votelog.pages;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the templates {@code {{>head}}} and {@code {{>language-switch}}} are filled from, under the name {@code head}.
 *
 * @param title of the page, for the browser's tab
 * @param language that the page is in
 * @param icon address of the site's picture
 * @param styles addresses of style sheets, in their order
 * @param scripts addresses of modules, in their order
 * @param switchAddress of the same page in the other language
 */
public record Head(
        String title, Language language, String icon, List<String> styles, List<String> scripts, String switchAddress) {
    /**
     * The head of a page.
     *
     * @param own names of the page's own style sheets and scripts, by their endings
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
                        .filter(name -> name.endsWith(".js"))
                        .map(files::address)
                        .toList(),
                "?" + Language.PARAMETER + "=" + language.other().tag());
    }

    /** The language to switch to. */
    public Language other() {
        return language.other();
    }
}
