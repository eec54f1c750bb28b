// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A page's HTML with gaps (Mustache). Whatever fills a gap is escaped; a gap that nothing fills is an error.
 *
 * <p>{@code {{>head}}} and {@code {{>language-switch}}} are what all pages have.
 */
public final class Template {
    /** What has a meaning in text and in attributes in quotes; all that the pages have. */
    private static final Mustache.Escaper ESCAPER = Escapers.simple(new String[][] {
        {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"},
    });

    private final com.samskivert.mustache.Template compiled;

    private Template(com.samskivert.mustache.Template compiled) {
        this.compiled = compiled;
    }

    /**
     * A template.
     *
     * @param beside the file lies beside this class
     * @param file its name
     */
    public static Template of(Class<?> beside, String file) {
        return new Template(Mustache.compiler()
                .withEscaper(ESCAPER)
                .withLoader(partial -> open(Template.class, partial + ".mustache"))
                .compile(open(beside, file)));
    }

    private static InputStreamReader open(Class<?> beside, String file) {
        InputStream in = Objects.requireNonNull(beside.getResourceAsStream(file), file);
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    /** The HTML with its gaps filled from a map, record or other object, by names. */
    public String render(Object values) {
        return compiled.execute(values);
    }

    /** What stands in a resource as it is. */
    static byte[] bytes(Class<?> beside, String file) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
