// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The {@code python3} of this machine, for tests of the programs that are written in it. */
public final class Python {
    private Python() {}

    /** Whether there is one in the PATH. Where there is none, standard output says what is skipped. */
    public static boolean isHere(String skipped) {
        boolean here = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3")));
        if (!here) {
            System.out.println(skipped + " skipped: no python3 in the PATH");
        }
        return here;
    }
}
