// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an app is started, all its instances alike.
 *
 * @param jvmArgs all options of its JVM
 * @param settings by key, in order; one that the inherited environment gives is left to it
 * @param arguments further ones, as they stand
 */
public record AppOptions(List<String> jvmArgs, Map<String, String> settings, List<String> arguments) {
    public AppOptions {
        jvmArgs = List.copyOf(jvmArgs);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        arguments = List.copyOf(arguments);
    }

    /** With the app's usual heap, and no setting. */
    public static AppOptions of(App app) {
        return new AppOptions(jvm(app.heap()), Map.of(), List.of());
    }

    /**
     * Options for a JVM that ends when it is out of memory.
     *
     * @param heap as {@code -Xmx} takes it
     * @param more further options
     */
    public static List<String> jvm(String heap, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError", "-XX:MaxMetaspaceSize=192m", "-Djava.awt.headless=true"));
        all.addAll(List.of(more));
        return all;
    }

    /** The same with these settings in place of its own. */
    public AppOptions withSettings(Map<String, String> values) {
        return new AppOptions(jvmArgs, values, arguments);
    }

    AppOptions withArguments(List<String> more) {
        return new AppOptions(jvmArgs, settings, more);
    }
}
