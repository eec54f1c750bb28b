// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Secrets and ConfigMaps that whoever deploys it makes, and their keys, as the table in the README names them. */
final class GivenByHand {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (Secret|ConfigMap) `([a-z-]+)` \\| ([^|]*) \\|");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private GivenByHand() {}

    /** Keys by {@code Secret name} or {@code ConfigMap name}. */
    static Map<String, Set<String>> keys() {
        Map<String, Set<String>> keys = new TreeMap<>();
        Matcher row = ROW.matcher(Yaml.text(Place.HERE.resolve("README.md")));
        while (row.find()) {
            Set<String> ofRow = new TreeSet<>();
            CODE.matcher(row.group(3)).results().forEach(key -> ofRow.add(key.group(1)));
            keys.put(row.group(1) + " " + row.group(2), ofRow);
        }
        return keys;
    }
}
