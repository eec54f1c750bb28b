// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.util.ArrayList;
import java.util.List;

/**
 * How an app is started, in its image and in a folder that stands for the image's root alike. The jar is named as from the working
 * directory: before JDK 19 a JVM uses an archive of classes only where the class path is the same, letter for letter, as in the run that was recorded.
 *
 * @param app what is started
 * @param cache what has been prepared of its start
 */
record EntryPoint(ImageApp app, StartCache cache) {
    /** Of the memory that a container may use; the rest is for what a JVM has beside the heap. */
    private static final int HEAP_PERCENT = 60;

    /** The words of the command, for an image. */
    List<String> words() {
        return words("");
    }

    /**
     * The same, for a folder that stands for the image's root.
     *
     * @param root without a slash at its end
     */
    List<String> words(String root) {
        return words(root, cache.use(root));
    }

    /**
     * The same.
     *
     * @param startArgs of the JVM, in place of those by which it uses what has been prepared
     */
    List<String> words(String root, List<String> startArgs) {
        List<String> words = new ArrayList<>();
        words.add(root + ImagePaths.JAVA + "/bin/java");
        words.addAll(startArgs);
        words.addAll(jvmArgs());
        words.add("-Djava.library.path=" + root + ImagePaths.NATIVE);
        words.addAll(app.jvmArgs());
        words.add("-jar");
        words.add(app.imageName() + ".jar");
        return words;
    }

    /** Options that a JVM takes wherever the app's files are. */
    static List<String> jvmArgs() {
        return List.of(
                "-XX:MaxRAMPercentage=" + HEAP_PERCENT,
                "-XX:MaxMetaspaceSize=192m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true");
    }
}
