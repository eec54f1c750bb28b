// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    @TempDir
    Path dir;

    private final List<List<String>> trainings = new ArrayList<>();
    private String classPath;

    @BeforeEach
    void makeAProgram() throws IOException {
        classPath = jar("program.jar") + File.pathSeparator + jar("library.jar");
        System.setProperty(ChildJvm.ARCHIVE_CLASSES, "true");
    }

    @AfterEach
    void forget() {
        System.clearProperty(ChildJvm.ARCHIVE_CLASSES);
    }

    @Test
    void shouldBeMadeOnceAndUsedByEveryStart() throws IOException {
        List<String> first = archive().jvmArgs(this::train);
        assertThat(trainings).hasSize(1);
        assertThat(first.get(0)).startsWith("-XX:SharedArchiveFile=").endsWith(".jsa");
        assertThat(Path.of(first.get(0).split("=")[1])).exists();
        assertThat(archive().jvmArgs(this::train)).isEqualTo(first);
        assertThat(trainings).hasSize(1);
    }

    @Test
    void shouldNotBeMadeUnlessThatIsAskedForButBeUsed() throws IOException {
        System.clearProperty(ChildJvm.ARCHIVE_CLASSES);
        assertThat(archive().jvmArgs(this::train)).isEmpty();
        System.setProperty(ChildJvm.ARCHIVE_CLASSES, "true");
        List<String> made = archive().jvmArgs(this::train);
        System.clearProperty(ChildJvm.ARCHIVE_CLASSES);
        assertThat(archive().jvmArgs(this::train)).isEqualTo(made).isNotEmpty();
    }

    @Test
    void shouldNotBeTheOneOfAnotherBuild() throws IOException {
        List<String> one = archive().jvmArgs(this::train);
        Files.write(dir.resolve("program.jar"), new byte[10]);
        assertThat(archive().jvmArgs(this::train)).isNotEqualTo(one).isNotEmpty();
        assertThat(trainings).hasSize(2);
    }

    /** The start goes on without it, and those after it do not lose time again. */
    @Test
    void shouldNotBeTriedAgainWhenTheTrainingLeftNothing() throws IOException {
        for (int start = 0; start < 2; start++) {
            assertThat(archive().jvmArgs(trainings::add)).isEmpty();
        }
        assertThat(trainings).hasSize(1);
    }

    @Test
    void shouldTakeAClassPathOfJarsAlone() {
        assertThat(ClassArchive.isPossible(classPath)).isTrue();
        assertThat(ClassArchive.isPossible(classPath + File.pathSeparator + dir))
                .isFalse();
        assertThat(ClassArchive.isPossible(classPath + File.pathSeparator + dir.resolve("none.jar")))
                .isFalse();
    }

    @Test
    void shouldSayWhichJarCannotBeUnpackedAndWhy() throws IOException {
        Path plain = dir.resolve("program.jar");
        assertThatThrownBy(() -> BootJar.unpacked(plain))
                .isInstanceOf(ChildStartException.class)
                .hasMessageContaining("program.jar was not packed by Spring Boot: its manifest names no Start-Class");
        assertThatThrownBy(() -> BootJar.unpacked(dir.resolve("none.jar")))
                .isInstanceOf(ChildStartException.class)
                .hasMessageContaining("none.jar could not be unpacked");
    }

    private ClassArchive archive() throws IOException {
        return ClassArchive.of(dir.resolve("archives"), "Program", classPath);
    }

    private void train(List<String> jvmArgs) throws IOException {
        trainings.add(jvmArgs);
        String draft = jvmArgs.stream()
                .filter(arg -> arg.startsWith("-XX:ArchiveClassesAtExit="))
                .findFirst()
                .orElseThrow()
                .split("=")[1];
        Files.write(Path.of(draft), new byte[1]);
    }

    private Path jar(String name) throws IOException {
        Path jar = dir.resolve(name);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        try (OutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.flush();
        }
        return jar;
    }
}
