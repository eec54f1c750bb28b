// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is wrong, in words. */
final class Findings {
    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return List.copyOf(lines);
    }

    void add(String format, Object... values) {
        lines.add(format.formatted(values));
    }

    void unless(boolean right, String format, Object... values) {
        if (!right) {
            add(format, values);
        }
    }

    void equal(String what, Object expected, Object found) {
        unless(expected.equals(found), "%s is %s; expected: %s", what, found, expected);
    }

    /** Holds a map to another in both directions, entry by entry. */
    void sameEntries(String what, Map<String, ?> expected, Map<String, ?> found) {
        Map<String, Object> all = new TreeMap<>(expected);
        found.forEach(all::putIfAbsent);
        all.keySet().forEach(name -> {
            if (!found.containsKey(name)) {
                add("%s lacks %s, which is %s", what, name, expected.get(name));
            } else if (!expected.containsKey(name)) {
                add("%s has %s, which nothing asks for", what, name);
            } else {
                equal(what + ": " + name, expected.get(name), found.get(name));
            }
        });
    }

    /** Holds a set to another in both directions. */
    void sameMembers(String what, Iterable<String> expected, Iterable<String> found) {
        TreeSet<String> lacking = new TreeSet<>();
        expected.forEach(lacking::add);
        TreeSet<String> needless = new TreeSet<>();
        found.forEach(needless::add);
        TreeSet<String> there = new TreeSet<>(needless);
        needless.removeAll(lacking);
        lacking.removeAll(there);
        lacking.forEach(member -> add("%s: %s is not there", what, member));
        needless.forEach(member -> add("%s: %s is there, and nothing asks for it", what, member));
    }
}
