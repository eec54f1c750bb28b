// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of a YAML document. What is not there is a tree too, an empty one, so that rules read paths without asking at each step.
 *
 * @param where the way to it, for messages
 * @param value a map, a list, a scalar, or null where nothing is
 */
record Tree(String where, @Nullable Object value) {
    /** The part behind these names of members and places in lists. */
    Tree at(Object... path) {
        Tree part = this;
        for (Object step : path) {
            part = part.step(step);
        }
        return part;
    }

    private Tree step(Object step) {
        String way = where + "/" + step;
        if (value instanceof Map<?, ?> map && step instanceof String) {
            return new Tree(way, map.get(step));
        }
        if (value instanceof List<?> list && step instanceof Integer place && place < list.size()) {
            return new Tree(way, list.get(place));
        }
        return new Tree(way, null);
    }

    boolean missing() {
        return value == null;
    }

    /** A scalar as text; empty where there is none. */
    String text() {
        return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
    }

    /** A whole number; -1 where there is none. */
    int number() {
        return value instanceof Integer number ? number : -1;
    }

    boolean is(Object expected) {
        return expected.equals(value);
    }

    /** What a list has; nothing where it is none. */
    List<Tree> items() {
        if (!(value instanceof List<?> list)) {
            return List.of();
        }
        return Stream.iterate(0, place -> place < list.size(), place -> place + 1)
                .map(this::step)
                .toList();
    }

    List<String> texts() {
        return items().stream().map(Tree::text).toList();
    }

    /** What a map has, in its order; nothing where it is none. */
    Map<String, Tree> members() {
        Map<String, Tree> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(name -> members.put(name.toString(), step(name)));
        }
        return members;
    }

    /** A map of scalars, as texts. */
    Map<String, String> scalars() {
        Map<String, String> scalars = new LinkedHashMap<>();
        members().forEach((name, member) -> scalars.put(name, member.text()));
        return scalars;
    }

    /** The list's item whose member has that text; an empty tree where there is none. */
    Tree item(String member, String text) {
        return items().stream()
                .filter(item -> item.at(member).text().equals(text))
                .findFirst()
                .orElseGet(() -> new Tree("%s[%s=%s]".formatted(where, member, text), null));
    }

    String kind() {
        return at("kind").text();
    }

    String name() {
        return at("metadata", "name").text();
    }

    /** Whether labels have all that a selector's {@code matchLabels} ask for, and it asks for something. */
    static boolean matches(Map<String, String> selector, Map<String, String> labels) {
        return !selector.isEmpty()
                && selector.entrySet().stream()
                        .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }
}
