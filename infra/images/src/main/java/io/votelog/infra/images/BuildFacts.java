// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * What an image says of the build.
 *
 * @param version of Votelog
 * @param time that all files in an image have, so that it does not depend on when it was made
 * @param revision the commit, with {@code -dirty} where files are not as it has them; empty where git does not know
 */
record BuildFacts(String version, Instant time, Optional<String> revision) {
    static BuildFacts of(Path repository) throws IOException, InterruptedException {
        Properties said = new Properties();
        try (InputStream in =
                Objects.requireNonNull(BuildFacts.class.getResourceAsStream("build.properties"), "build.properties")) {
            said.load(in);
        }
        return new BuildFacts(
                said.getProperty("version"), Instant.parse(said.getProperty("time")), revision(repository));
    }

    private static Optional<String> revision(Path repository) throws IOException, InterruptedException {
        try {
            String commit = git(repository, "rev-parse", "HEAD");
            boolean clean = git(repository, "status", "--porcelain", "--untracked-files=no")
                    .isEmpty();
            return Optional.of(clean ? commit : commit + "-dirty");
        } catch (SystemException noGitOrNoClone) {
            return Optional.empty();
        }
    }

    private static String git(Path repository, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(words));
        return Command.run(command).strip();
    }
}
