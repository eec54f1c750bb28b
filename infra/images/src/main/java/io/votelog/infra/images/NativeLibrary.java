// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A native library that a Java library brings in its jar. There it would be written to a temporary folder at each start and be loaded from
 * that, which a container may forbid ({@code noexec}); in an image it lies in a folder of its own.
 *
 * @param jar what the name of the jar begins with
 * @param entry of the library in the jar, for this processor
 */
record NativeLibrary(String jar, String entry) {
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private static final List<NativeLibrary> ALL = List.of(
            new NativeLibrary(
                    "netty-transport-native-epoll-",
                    "META-INF/native/libnetty_transport_native_epoll_%s.so".formatted(ARM ? "aarch_64" : "x86_64")),
            new NativeLibrary(
                    "AmazonCorrettoCryptoProvider-",
                    "com/amazon/corretto/crypto/provider/libamazonCorrettoCryptoProvider.so"));

    /** Copies those that these jars bring into the folder. */
    static void copy(Path jars, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> libraries;
        try (Stream<Path> files = Files.list(jars)) {
            libraries = files.sorted().toList();
        }
        for (Path library : libraries) {
            for (NativeLibrary known : ALL) {
                if (library.getFileName().toString().startsWith(known.jar)) {
                    known.copyFrom(library, folder);
                }
            }
        }
    }

    private void copyFrom(Path library, Path folder) throws IOException {
        try (JarFile opened = new JarFile(library.toFile())) {
            JarEntry found = opened.getJarEntry(entry);
            if (found != null) {
                try (InputStream in = opened.getInputStream(found)) {
                    Files.copy(in, folder.resolve(entry.substring(entry.lastIndexOf('/') + 1)));
                }
            }
        }
    }
}
