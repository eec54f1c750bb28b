// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a test run comes to its broker. */
public enum BrokerKind {
    /** A container, from the engine that answers. */
    CONTAINER,
    /** A child JVM. */
    PROCESS;

    /** System property that forces a road. */
    public static final String PROPERTY = "votelog.test.broker";
    /** Environment variable that forces a road; the property comes first. */
    public static final String VARIABLE = "VOTELOG_TEST_BROKER";

    /**
     * The road that is forced, if one is.
     *
     * @throws IllegalArgumentException where something else than a road is asked for
     */
    static @Nullable BrokerKind forced() {
        String property = System.getProperty(PROPERTY);
        return property != null ? parse(PROPERTY, property) : parse(VARIABLE, System.getenv(VARIABLE));
    }

    static @Nullable BrokerKind parse(String source, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "container" -> CONTAINER;
            case "process" -> PROCESS;
            default ->
                throw new IllegalArgumentException(source + " is '" + value + "': 'container' or 'process' is allowed");
        };
    }
}
