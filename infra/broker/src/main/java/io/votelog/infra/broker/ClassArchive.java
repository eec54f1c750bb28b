// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The classes of a program as HotSpot maps them into memory (class data sharing, JEP 350), so that it need not read, verify and link
 * them one by one: a start takes half the CPU or less. To make an archive takes as much as a start or two, so it is made where many
 * starts will follow, as in tests ({@link ChildJvm#ARCHIVE_CLASSES}). Its name is made from the JVM and the class path; no
 * child meets the archive of another build.
 */
final class ClassArchive {
    private static final int NAME_BYTES = 8;
    private static final String QUIET = "-Xlog:cds*=error";

    /** One thread of this JVM at a time makes an archive; a file lock keeps out other JVMs, and would throw here. */
    private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

    private final Path file;

    private ClassArchive(Path file) {
        this.file = file;
    }

    /** A run of the program that loads what a start loads, and ends in order. */
    interface Training {
        /**
         * Returns when the program has ended.
         *
         * @param jvmArgs with which it leaves the archive behind
         */
        void run(List<String> jvmArgs) throws IOException;
    }

    /**
     * The archive of a program.
     *
     * @param folder where it lies, beside what the build makes
     * @param program what its name begins with
     * @param classPath of jars alone: HotSpot archives nothing from folders
     */
    static ClassArchive of(Path folder, String program, String classPath) throws IOException {
        return new ClassArchive(folder.toAbsolutePath().resolve(program + "-" + digest(classPath) + ".jsa"));
    }

    /** Whether a program with this class path can have one. */
    static boolean isPossible(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator)).allMatch(entry -> Files.isRegularFile(Path.of(entry)));
    }

    /**
     * What a child is started with to use the archive; nothing where there is none. It is made first where that is asked for and the
     * training succeeds; a training that fails is not tried again by this build.
     */
    List<String> jvmArgs(Training training) throws IOException {
        if (Boolean.getBoolean(ChildJvm.ARCHIVE_CLASSES) && Files.notExists(file) && Files.notExists(failed())) {
            synchronized (LOCKS.computeIfAbsent(file, any -> new Object())) {
                make(training);
            }
        }
        return Files.exists(file) ? List.of("-XX:SharedArchiveFile=" + file, QUIET) : List.of();
    }

    private void make(Training training) throws IOException {
        Files.createDirectories(file.getParent());
        Path lockFile = Path.of(file + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // Until the channel is closed.
            if (Files.exists(file) || Files.exists(failed())) {
                return;
            }
            Path draft = Path.of(file + ".draft");
            Files.deleteIfExists(draft);
            training.run(List.of("-XX:ArchiveClassesAtExit=" + draft, "-XX:TieredStopAtLevel=1", QUIET));
            if (Files.exists(draft)) {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.createFile(failed());
            }
        }
    }

    private Path failed() {
        return Path.of(file + ".failed");
    }

    private static String digest(String classPath) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            String jvm = System.getProperty("java.vm.version") + System.getProperty("java.home");
            sha256.update(jvm.getBytes(StandardCharsets.UTF_8));
            for (String entry : classPath.split(File.pathSeparator)) {
                Path jar = Path.of(entry);
                String one = "%s %d %s%n".formatted(jar, Files.size(jar), Files.getLastModifiedTime(jar));
                sha256.update(one.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
