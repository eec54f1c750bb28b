// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * The scripts, styles and pictures of an app's pages, below a path that is that app's alone: so both fit behind one origin. A
 * file's address holds its hash, so it may be kept for ever and is never stale. A module imports another one as {@code "./other.js"}, by the name that was added before it; what is
 * served has the address in that place, so a module's hash covers all that it imports.
 */
public final class StaticFiles {
    private static final Duration FOR_EVER = Duration.ofDays(365);
    private static final Pattern IMPORT = Pattern.compile("(\\b(?:from|import)[ (]*)\"\\./([A-Za-z0-9-]+\\.js)\"");

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, Content> byFile = new HashMap<>();

    private final String path;

    private StaticFiles(String path) {
        this.path = path;
    }

    /**
     * The files that all pages have: style, icon, the picture for whoever shares a page, and the scripts that show times and search the list of
     * ballots.
     *
     * @param path where they are served, with a slash at both ends
     */
    public static StaticFiles common(String path) {
        return new StaticFiles(path)
                .with(StaticFiles.class, "votelog.css", "votelog.css")
                .with(StaticFiles.class, "votelog.svg", "votelog.svg")
                .with(StaticFiles.class, Share.PICTURE, Share.PICTURE)
                .with(StaticFiles.class, "times.js", "times.js")
                .with(StaticFiles.class, "time-limit.js", "time-limit.js")
                .with(StaticFiles.class, "search.js", "search.js")
                .with(StaticFiles.class, "copying.js", "copying.js")
                .with(StaticFiles.class, "list.js", "list.js");
    }

    /**
     * Adds a file.
     *
     * @param beside it lies beside this class, unless its resource begins with a slash
     * @param resource where it is
     * @param name what templates call it, with the ending that says its type: css, js, png or svg
     * @throws IllegalArgumentException when the ending is another one, or it is a module that imports what was not added before
     */
    public StaticFiles with(Class<?> beside, String resource, String name) {
        int dot = name.lastIndexOf('.');
        String ending = name.substring(dot + 1);
        byte[] bytes = Template.bytes(beside, resource);
        Content content = Content.file(type(ending), ending.equals("js") ? linked(bytes) : bytes);
        String file = name.substring(0, dot) + "." + content.hash() + "." + ending;
        byFile.put(file, content);
        addresses.put(name, path + file);
        return this;
    }

    /** The module with the addresses of what it imports. */
    private byte[] linked(byte[] module) {
        String text = new String(module, StandardCharsets.UTF_8);
        return IMPORT.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1) + '"' + address(found.group(2)) + '"'))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static MediaType type(String ending) {
        return switch (ending) {
            case "css" -> MediaType.parseMediaType("text/css;charset=utf-8");
            case "js" -> MediaType.parseMediaType("text/javascript;charset=utf-8");
            case "png" -> MediaType.IMAGE_PNG;
            case "svg" -> MediaType.parseMediaType("image/svg+xml");
            default -> throw new IllegalArgumentException("a file that is *." + ending);
        };
    }

    /**
     * The address of a file on this host.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public String address(String name) {
        String address = addresses.get(name);
        if (address == null) {
            throw new IllegalArgumentException("no file " + name + "; there are " + addresses.keySet());
        }
        return address;
    }

    /** The answer to a request for a file of this path; nothing when there is no such file. */
    public Optional<ResponseEntity<byte[]>> answer(String file, HttpHeaders request) {
        return Optional.ofNullable(byFile.get(file)).map(content -> content.answer(request, null, FOR_EVER));
    }
}
