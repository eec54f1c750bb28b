// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A jar that Spring Boot has packed, as a JVM starts it fastest: a jar with the program's own classes, whose manifest names its libraries
 * in {@code lib} beside it. HotSpot prepares no class of jars in a jar. Spring Boot's own program for this does not do it to the auditor, which
 * has no Spring in it.
 */
final class AppFiles {
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String INDEX = "BOOT-INF/classpath.idx";

    /** What is in the jar for the sake of the jars in it. */
    private static final String PACKED =
            "(org/|org/springframework/|org/springframework/boot/|META-INF/BOOT\\.SF|META-INF/services/(java\\.nio\\.file\\.spi\\.FileSystemProvider)?)";

    /** Unpacks such a jar, which is done here. */
    private static final String JAR_MODE = "spring-boot-jarmode-";

    private AppFiles() {}

    /**
     * Unpacks it.
     *
     * @param packed the jar
     * @param folder where the program is then, under the jar's name, with its libraries in {@code lib}
     * @param time of all that is in it
     * @throws SystemException where Spring Boot has not packed it
     */
    static void unpack(Path packed, Path folder, Instant time) throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        try (JarFile jar = new JarFile(packed.toFile())) {
            List<String> classPath = classPath(jar);
            for (String library : classPath) {
                try (InputStream in = jar.getInputStream(jar.getEntry(LIBRARIES + library))) {
                    Files.copy(in, folder.resolve("lib").resolve(library));
                }
            }
            Map<String, byte[]> own = own(jar);
            own.put(JarFile.MANIFEST_NAME, manifest(jar.getManifest(), classPath));
            write(own, folder.resolve(packed.getFileName()), time);
        }
    }

    /** The libraries in the order in which classes are looked for. */
    private static List<String> classPath(JarFile jar) throws IOException {
        JarEntry index = jar.getJarEntry(INDEX);
        if (index == null) {
            throw new SystemException(jar.getName() + " was not packed by Spring Boot: it has no " + INDEX);
        }
        try (InputStream in = jar.getInputStream(index)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.substring(line.indexOf(LIBRARIES) + LIBRARIES.length(), line.lastIndexOf('"')))
                    .filter(library -> !library.startsWith(JAR_MODE))
                    .toList();
        }
    }

    /** Folders too: Spring finds a package's classes by its folder's entry. */
    private static Map<String, byte[]> own(JarFile jar) throws IOException {
        Map<String, byte[]> own = new TreeMap<>();
        for (JarEntry entry : Collections.list(jar.entries())) {
            String name =
                    entry.getName().startsWith(CLASSES) ? entry.getName().substring(CLASSES.length()) : entry.getName();
            boolean ofThePacking = name.startsWith("BOOT-INF/") || name.startsWith("org/springframework/boot/loader/");
            if (!name.isEmpty() && !ofThePacking && !name.matches(PACKED)) {
                try (InputStream in = jar.getInputStream(entry)) {
                    own.put(name, in.readAllBytes());
                }
            }
        }
        return own;
    }

    private static byte[] manifest(Manifest packed, List<String> classPath) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, packed.getMainAttributes().getValue("Start-Class"));
        main.put(
                Attributes.Name.CLASS_PATH,
                String.join(
                        " ", classPath.stream().map(library -> "lib/" + library).toList()));
        // Netty's transport, ACCP and Kafka's codecs are native. From JDK 24 on a JVM warns of those that nobody has
        // allowed (JEP 472).
        main.putValue("Enable-Native-Access", "ALL-UNNAMED");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }

    private static void write(Map<String, byte[]> entries, Path file, Instant time) throws IOException {
        List<String> names = new ArrayList<>(entries.keySet());
        names.remove(JarFile.MANIFEST_NAME);
        names.add(0, JarFile.MANIFEST_NAME);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream jar = new ZipOutputStream(out)) {
            for (String name : names) {
                ZipEntry entry = new ZipEntry(name);
                // A time without a zone, so that the jar is the same wherever it is made.
                entry.setTimeLocal(time.atOffset(ZoneOffset.UTC).toLocalDateTime());
                jar.putNextEntry(entry);
                jar.write(entries.get(name));
                jar.closeEntry();
            }
        }
    }
}
