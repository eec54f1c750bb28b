// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import io.votelog.infra.system.Secrets;
import io.votelog.infra.system.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Builds images from this repository as {@code infra/images/build} does. */
final class Builds {
    /** System property: the JDK that the images' Java runtime is made from, where it is not to be the newest one that is installed. */
    static final String JDK = "votelog.images.jdk";

    /** System property: a folder of images that {@code infra/images/build} has made already; they are built where it is not set. */
    static final String MADE = "votelog.images.made";

    static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

    private Builds() {}

    /** People with tokens of the secret that the gateways have. */
    static Visitors visitors(HttpClient http, Visitors.Places places, Secrets secrets) {
        Tokens tokens = new Tokens(secrets.hs256(), null, null, Clock.systemUTC());
        return new Visitors(
                http, places, tokens.token("organiser", "ballots:write"), voter -> tokens.token(voter, ""), REPOSITORY);
    }

    /** Builds into a folder; says how long that took. */
    static void build(Path out, String... options) {
        System.setProperty(Images.ROOT, REPOSITORY.toString());
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--out", out.toString()));
        String jdk = System.getProperty(JDK);
        if (jdk != null) {
            arguments.addAll(List.of("--jdk", jdk));
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(said, true, StandardCharsets.UTF_8);
        long begunNs = System.nanoTime();
        assertThat(Images.run(arguments.toArray(String[]::new), to, to))
                .as(() -> said.toString(StandardCharsets.UTF_8))
                .isZero();
        System.out.printf("images %s: built in %.1f s%n", arguments, (System.nanoTime() - begunNs) / 1e9);
    }

    /**
     * All images, built into that folder where they are not made already.
     *
     * @return the folder in which they are
     */
    static Path all(Path out) {
        String made = System.getProperty(MADE);
        if (made != null) {
            return Path.of(made);
        }
        build(out);
        return out;
    }

    /** Has the engine take them in. */
    static void load(DockerClient engine, Path folder) throws IOException {
        for (ImageApp app : ImageApp.values()) {
            try (InputStream tarball = Files.newInputStream(tarball(folder, app))) {
                engine.loadImageCmd(tarball).exec();
            }
        }
    }

    /** What a build into that folder has left of an app. */
    static Path tarball(Path out, ImageApp app) {
        return out.resolve(app.imageName() + ".tar");
    }
}
