// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a JVM prepares of a start, so that later ones need not load, verify and link classes one by one. */
enum StartCache {
    /** Nothing. */
    NONE,
    /** Classes, linked, with the objects that they began with and profiles of their methods: an AOT cache (JEP 483, 514 and 515). */
    AOT,
    /** Classes alone: an archive for class data sharing (JEP 350), for JDKs before 25. */
    CLASSES;

    /** What this JDK can do most of. */
    static StartCache bestOf(Jdk jdk) {
        return jdk.hasAotCache() ? AOT : CLASSES;
    }

    /** Where it is in an image. */
    private String path() {
        return ImagePaths.APP + (this == AOT ? "/classes.aot" : "/classes.jsa");
    }

    /** Options of a JVM that uses it, in a folder that stands for the image's root; that is empty for the image itself. */
    List<String> use(String root) {
        return switch (this) {
            case NONE -> List.of();
            case AOT -> List.of("-XX:AOTCache=" + root + path());
            case CLASSES -> List.of("-XX:SharedArchiveFile=" + root + path());
        };
    }

    /**
     * Options of a JVM that notes what it loads, as long as it runs.
     *
     * @param notes a file beside the image, for what is only a step
     */
    List<String> record(String notes) {
        return switch (this) {
            case NONE -> List.of();
            // JFR's own classes are never in it, and it warns of each.
            case AOT -> List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + notes, "-Xlog:aot=error");
            case CLASSES -> List.of("-XX:DumpLoadedClassList=" + notes);
        };
    }

    /**
     * Takes out of such notes what cannot be prepared: HotSpot 17 crashes (in {@code adjust_lambda_proxy_class_dictionary}) where it archives
     * the classes of all lambdas of a whole run.
     */
    void correct(Path notes) throws IOException {
        if (this == CLASSES) {
            List<String> lines = Files.readAllLines(notes);
            Files.write(
                    notes,
                    lines.stream()
                            .filter(line -> !line.startsWith("@lambda-proxy"))
                            .toList());
        }
    }

    /** Options of a JVM that makes it from such notes, and runs nothing. */
    List<String> assemble(String root, String notes) {
        return switch (this) {
            case NONE -> List.of();
            case AOT ->
                List.of(
                        "-XX:AOTMode=create",
                        "-XX:AOTConfiguration=" + notes,
                        "-XX:AOTCache=" + root + path(),
                        "-Xlog:aot=error");
            case CLASSES ->
                List.of(
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + notes,
                        "-XX:SharedArchiveFile=" + root + path(),
                        "-Xlog:cds=error");
        };
    }
}
