// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.images.Tarball.Entry;
import io.votelog.infra.testing.WholeSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image with what is prepared of a start, the gateway's: without an engine, from the files of the image. All of them in an engine:
 * {@code ContainersIT}.
 */
@WholeSystem
class PreparedImageIT {
    private static final int VOTES = 50;

    @TempDir
    static Path dir;

    private static Tarball prepared;

    @BeforeAll
    static void build() throws IOException {
        Path out = dir.resolve("prepared");
        Builds.build(out, "--app", "producer");
        prepared = new Tarball(Builds.tarball(out, ImageApp.PRODUCER));
    }

    @Test
    void shouldHoldWhatIsPreparedInALayerOfItsOwn() throws IOException {
        int uppermost = prepared.layerDigests().size() - 1;
        assertThat(prepared.files().values().stream()
                        .filter(file -> file.layer() == uppermost && !file.folder())
                        .map(Entry::path))
                .singleElement()
                .satisfies(cache -> assertThat(prepared.entryPoint())
                        .anyMatch(word -> word.startsWith("-XX:") && word.endsWith("=" + cache)));
    }

    /**
     * By the image's own entry point, in another folder than the one that it was prepared in: what was prepared is used, for nearly all classes,
     * and a start that could not use it would fail.
     */
    @Test
    void shouldStartFromWhatIsPrepared() throws Exception {
        Path root = dir.resolve("unpacked");
        prepared.unpack(root, file -> true);
        List<String> words = entryPoint(root);
        boolean aot = words.stream().anyMatch(word -> word.startsWith("-XX:AOTCache="));
        words.add(1, aot ? "-XX:AOTMode=on" : "-Xshare:on");
        words.add(1, "-Xlog:class+load");
        try (Stage stage = new Stage(dir.resolve("stage"));
                RunningApp gateway = stage.start(ImageApp.PRODUCER, words, root.resolve("app"), "unpacked")) {
            int port = stage.managementPort(ImageApp.PRODUCER);
            gateway.awaitReady(port);
            long loaded = gateway.said().stream()
                    .filter(line -> line.contains(" source: "))
                    .count();
            long shared = gateway.said().stream()
                    .filter(line -> line.contains(" source: shared objects file"))
                    .count();
            System.out.printf("images: %d of %d classes of a start were prepared%n", shared, loaded);
            // An archive of classes has none of those that lambdas become.
            assertThat(shared).isGreaterThan(loaded * (aot ? 9 : 7) / 10);

            assertNativeLibrariesAreTheImages(gateway, root);
            Visitors visitors = stage.visitors(Builds.REPOSITORY);
            visitors.publish();
            visitors.vote(VOTES);
            assertThat(probe(root, port)).as("exit code of the probe").isZero();
            assertThat(gateway.stop()).as("exit code after SIGTERM").isEqualTo(143);
            assertThat(probe(root, port)).as("exit code of the probe").isEqualTo(1);
        }
    }

    /** So that nothing is run from a folder of temporary files. */
    private static void assertNativeLibrariesAreTheImages(RunningApp gateway, Path root) throws IOException {
        List<String> mapped = Files.readAllLines(Path.of("/proc/" + gateway.pid() + "/maps")).stream()
                .filter(line -> line.matches(".* /\\S+\\.so\\S*"))
                .map(line -> line.substring(line.indexOf('/')))
                .distinct()
                .toList();
        String home = root.toRealPath().toString();
        assertThat(mapped)
                .anyMatch(file -> file.startsWith(home + ImagePaths.NATIVE) && file.contains("netty"))
                .anyMatch(file -> file.startsWith(home + ImagePaths.NATIVE) && file.contains("Corretto"))
                .noneMatch(file -> file.startsWith("/tmp/") && !file.startsWith(home));
    }

    /** The words of the image's entry point, with the paths that they have in that folder. */
    private static List<String> entryPoint(Path root) throws IOException {
        return prepared.entryPoint().stream()
                .map(word -> word.replaceFirst("(^|=)(/opt/|/app/)", "$1" + root + "$2"))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static int probe(Path root, int port) throws Exception {
        List<String> words = new ArrayList<>(List.of(root + "/opt/java/bin/java"));
        String arguments = Files.readString(Trees.in(root, ImagePaths.PROBE_ARGUMENTS));
        words.addAll(List.of(arguments
                .strip()
                .replace(ImagePaths.PROBE, root + ImagePaths.PROBE)
                .split(" ")));
        words.add(Integer.toString(port));
        Process probe = new ProcessBuilder(words).redirectErrorStream(true).start();
        probe.getInputStream().readAllBytes();
        return probe.waitFor();
    }
}
