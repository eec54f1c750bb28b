// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

/** Where things are in an image. */
final class ImagePaths {
    /** The Java runtime. */
    static final String JAVA = "/opt/java";

    /** The app, its libraries, and what it is made of; the working directory. */
    static final String APP = "/app";

    /** Native libraries, so that none has to be written somewhere and run from there. */
    static final String NATIVE = "/opt/votelog/native";

    /** The jar of the health probe. */
    static final String PROBE = "/opt/votelog/health.jar";

    /** How the probe is run, as {@code java} reads it behind an {@code @}. */
    static final String PROBE_ARGUMENTS = "/opt/votelog/health";

    /** What an app keeps; a volume belongs here. */
    static final String STATE = "/var/lib/votelog";

    /** The user and the group that an app runs as. */
    static final int USER = 10_001;

    private ImagePaths() {}

    /** The same path in a folder that stands for the image's root, and without the slash that it begins with. */
    static String relative(String path) {
        return path.substring(1);
    }
}
