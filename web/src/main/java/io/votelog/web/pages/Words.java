// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A page's words in every language, from properties files in UTF-8. A word that one language has and another lacks ends the start, not
 * the reader's visit.
 */
public final class Words {
    private final Map<Language, Map<String, String>> byLanguage = new EnumMap<>(Language.class);

    private Words() {}

    /**
     * The words of a page.
     *
     * @param beside the files lie beside this class
     * @param name their name, without {@code -en.properties} and its like
     * @throws IllegalStateException when a file is missing, or a word in one of them
     */
    public static Words of(Class<?> beside, String name) {
        Words words = new Words();
        Set<String> all = new TreeSet<>();
        for (Language language : Language.values()) {
            Map<String, String> read = read(beside, name + "-" + language.tag() + ".properties");
            words.byLanguage.put(language, read);
            all.addAll(read.keySet());
        }
        words.byLanguage.forEach((language, read) -> {
            Set<String> missing = new TreeSet<>(all);
            missing.removeAll(read.keySet());
            if (!missing.isEmpty()) {
                throw new IllegalStateException("%s lacks in %s: %s".formatted(name, language.tag(), missing));
            }
        });
        return words;
    }

    private static Map<String, String> read(Class<?> beside, String file) {
        Properties properties = new Properties();
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("%s is missing beside %s".formatted(file, beside.getName()));
            }
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> words = new TreeMap<>();
        properties.forEach((key, value) -> words.put(key.toString(), value.toString()));
        return words;
    }

    /**
     * A sentence with its gaps filled, {@code {n}} and others in curly brackets. When {@code n} is 1, the sentence under the key and
     * {@code .one} is taken, if there is one.
     *
     * @throws IllegalArgumentException when there is no such sentence
     */
    public String say(Language language, String key, Map<String, ?> gaps) {
        Map<String, String> all = byLanguage.getOrDefault(language, Map.of());
        String sentence = all.get(key);
        if (sentence == null) {
            throw new IllegalArgumentException("no words under " + key);
        }
        if (Integer.valueOf(1).equals(gaps.get("n"))) {
            sentence = all.getOrDefault(key + ".one", sentence);
        }
        for (Map.Entry<String, ?> gap : gaps.entrySet()) {
            sentence = sentence.replace("{" + gap.getKey() + "}", String.valueOf(gap.getValue()));
        }
        return sentence;
    }

    /** All words in a language, by their keys. */
    public Map<String, String> in(Language language) {
        return Map.copyOf(byLanguage.getOrDefault(language, Map.of()));
    }

    /** The words in a language whose keys begin with a prefix, by their keys without it, in the order of those. */
    public SortedMap<String, String> under(Language language, String prefix) {
        SortedMap<String, String> under = new TreeMap<>();
        in(language).forEach((key, text) -> {
            if (key.startsWith(prefix)) {
                under.put(key.substring(prefix.length()), text);
            }
        });
        return under;
    }
}
