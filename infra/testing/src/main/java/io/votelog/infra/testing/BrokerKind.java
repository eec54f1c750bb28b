// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kind of broker that a test run uses. */
public enum BrokerKind {
    /** A broker in a container, if a container engine answers. */
    CONTAINER,
    /** A broker in a child JVM. */
    PROCESS;

    /** System property that requests a kind. */
    public static final String PROPERTY = "votelog.test.broker";
    /** Environment variable that requests a kind; the system property takes precedence. */
    public static final String VARIABLE = "VOTELOG_TEST_BROKER";

    /**
     * The requested kind; null where none is requested.
     *
     * @throws IllegalArgumentException where the value is no kind
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
