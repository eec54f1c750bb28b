// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The settings that whoever starts the system has given by environment, which both apps inherit. */
public final class Environment {
    private final Map<String, String> variables;

    /** @param variables as {@link System#getenv()} has them */
    public Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** What a setting is given as, under either of the names that Spring Boot reads it by; what is blank is not given. */
    public Optional<String> setting(String key) {
        return names(key).stream()
                .map(variables::get)
                .filter(value -> value != null && !value.isBlank())
                .findFirst();
    }

    /** The variable by which a setting is given, as READMEs write it. */
    public static String variable(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The variables by which a setting may be given. */
    public static List<String> names(String key) {
        String canonical = key.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
        return Stream.of(variable(key), canonical).distinct().toList();
    }
}
