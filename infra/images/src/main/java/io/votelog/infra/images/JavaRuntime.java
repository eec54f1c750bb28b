// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java runtime of the images: what the apps need of a JDK, and what an operator needs to look into them. */
final class JavaRuntime {
    /**
     * What the apps and their libraries use. java.desktop is for java.beans, of which Spring knows properties; its native parts stay out.
     * jdk.crypto.ec has elliptic curves up to JDK 21, jdk.localedata the words for times in Chinese.
     */
    static final List<String> NEEDED = List.of(
            "java.base",
            "java.compiler",
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.prefs",
            "java.rmi",
            "java.scripting",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.transaction.xa",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.httpserver",
            "jdk.jfr",
            "jdk.localedata",
            "jdk.management",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.unsupported",
            "jdk.zipfs");

    /** jcmd, for threads, heaps and recordings of an app that runs. */
    private static final List<String> FOR_OPERATORS = List.of("jdk.jcmd", "jdk.management.jfr");

    private JavaRuntime() {}

    /** Makes it from a JDK, in a folder that is not there. */
    static void make(Jdk jdk, Path folder) throws IOException, InterruptedException {
        List<String> modules = new ArrayList<>(NEEDED);
        modules.addAll(FOR_OPERATORS);
        List<String> command = new ArrayList<>(List.of(
                jdk.program("jlink"),
                "--add-modules",
                String.join(",", modules),
                "--no-header-files",
                "--no-man-pages",
                "--exclude-files",
                "/java.desktop/lib/**",
                "--include-locales",
                "en,zh",
                "--output",
                folder.toString()));
        if (jdk.hasAotCache()) {
            // The archive of the JDK's own classes. Before, it is another one each time, and apps have one of their own
            // with these classes in it.
            command.add("--generate-cds-archive");
        }
        Command.run(command);
    }
}
