// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.broker.FileTrees;
import io.votelog.infra.images.probe.HealthProbe;
import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The images' files before they are images: for each app a folder that stands for its image's root, from which the app can be run. What they
 * have in common is there once, and linked.
 */
final class Trees {
    private static final String PROBE_CLASS = HealthProbe.class.getName().replace('.', '/') + ".class";

    private final Path repository;
    private final Path work;
    private final Instant time;
    private final Map<ImageApp, Path> roots = new EnumMap<>(ImageApp.class);

    /**
     * Nothing is made.
     *
     * @param work a folder that is this build's alone, and is emptied
     * @param time of all files
     */
    Trees(Path repository, Path work, Instant time) {
        this.repository = repository;
        this.work = work;
        this.time = time;
    }

    /** The folder that stands for the root of an app's image. */
    Path root(ImageApp app) {
        return Objects.requireNonNull(roots.get(app), app.appName());
    }

    /** Those that have been made, in order. */
    Set<ImageApp> apps() {
        return roots.keySet();
    }

    /**
     * Makes the folders of these apps.
     *
     * @param withSystem whether the images stand on what is made here, and on no other image
     * @throws SystemException where an app is not built, or the JDK cannot do it
     */
    void make(Jdk jdk, Set<ImageApp> apps, boolean withSystem) throws IOException, InterruptedException {
        FileTrees.delete(work);
        Path java = Files.createDirectories(work).resolve("java");
        JavaRuntime.make(jdk, java);
        for (ImageApp app : apps) {
            Path root = work.resolve(app.appName());
            Path home = in(root, ImagePaths.APP);
            requireBuilt(app.jar(repository));
            requireBuilt(app.sbom(repository));
            link(java, in(root, ImagePaths.JAVA));
            AppFiles.unpack(app.jar(repository), home, time);
            NativeLibrary.copy(home.resolve("lib"), in(root, ImagePaths.NATIVE));
            Files.copy(app.sbom(repository), home.resolve("sbom.json"));
            addProbe(root);
            Files.createDirectories(in(root, ImagePaths.STATE));
            roots.put(app, root);
        }
        if (withSystem) {
            Path system = Files.createDirectories(work.resolve("system"));
            SystemFiles.make(system, nativeFiles(java));
            for (Path root : roots.values()) {
                link(system, root);
            }
        }
        for (ImageApp app : apps) {
            setTimes(app);
        }
    }

    private static void requireBuilt(Path file) {
        if (Files.notExists(file)) {
            throw new SystemException(file
                    + " is missing: build it with ./mvnw -DskipTests package (lists of components need Maven online)");
        }
    }

    static Path in(Path root, String path) {
        return root.resolve(ImagePaths.relative(path));
    }

    private void addProbe(Path root) throws IOException {
        Path jar = in(root, ImagePaths.PROBE);
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out);
                InputStream probe = Objects.requireNonNull(
                        HealthProbe.class.getClassLoader().getResourceAsStream(PROBE_CLASS), PROBE_CLASS)) {
            add(
                    zip,
                    "META-INF/MANIFEST.MF",
                    "Manifest-Version: 1.0\r\nMain-Class: %s\r\n\r\n"
                            .formatted(HealthProbe.class.getName())
                            .getBytes(StandardCharsets.US_ASCII));
            add(zip, PROBE_CLASS, probe.readAllBytes());
        }
        Files.writeString(
                in(root, ImagePaths.PROBE_ARGUMENTS),
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx16m -jar %s\n".formatted(ImagePaths.PROBE));
    }

    private void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(time.atOffset(ZoneOffset.UTC).toLocalDateTime());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** What of all roots a processor runs: the JVM, its libraries, and those of the apps. */
    private Set<Path> nativeFiles(Path java) throws IOException {
        Set<Path> files = new TreeSet<>(Set.of(java.resolve("bin/java")));
        List<Path> folders = new ArrayList<>(List.of(java));
        roots.values().forEach(root -> folders.add(in(root, ImagePaths.NATIVE)));
        for (Path folder : folders) {
            files.addAll(files(folder).stream()
                    .filter(file -> file.toString().endsWith(".so"))
                    .toList());
        }
        return files;
    }

    /** Gives all files of an app's root the time that they have in the image: a JVM uses what was prepared only where jars have the same. */
    void setTimes(ImageApp app) throws IOException {
        for (Path path : files(root(app))) {
            Files.setLastModifiedTime(path, FileTime.from(time));
        }
    }

    /** All files below a folder, in order. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The same files in another folder, without a copy of what is in them. */
    private static void link(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = new ArrayList<>(walk.sorted().toList());
        }
        for (Path path : all) {
            Path copy = to.resolve(from.relativize(path).toString());
            if (Files.isSymbolicLink(path)) {
                // A runtime links texts of licenses to each other; the text is as good.
                Files.copy(path.toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
            } else if (Files.isDirectory(path)) {
                Files.createDirectories(copy);
            } else {
                Files.createLink(copy, path);
            }
        }
    }
}
