// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The least that an image stands on: this machine's C library, what else native code of the images loads, and who the user is. No shell, no
 * package manager. For tests, and wherever no registry is reached; it gets no security updates but by another build.
 */
final class SystemFiles {
    private static final Pattern LOADED = Pattern.compile("(?:=> )?(/\\S+) \\(0x[0-9a-f]+\\)");

    private static final Pattern MISSING = Pattern.compile("(\\S+) => not found");

    /**
     * Parts of glibc that are there whatever is loaded, so that all images have the same: names of users and of hosts, which glibc before 2.34
     * loads when they are asked for, and what was a library of its own before that.
     */
    private static final Pattern LOADED_LATER =
            Pattern.compile("libnss_(files|dns)\\.so\\.2|libresolv\\.so\\.2|lib(dl|m|pthread|rt|util)\\.so\\.\\d");

    private SystemFiles() {}

    /**
     * Makes them.
     *
     * @param folder that stands for the image's root
     * @param nativeFiles programs and libraries that must run on it
     */
    static void make(Path folder, Collection<Path> nativeFiles) throws IOException, InterruptedException {
        Set<Path> libraries = new TreeSet<>();
        // What a runtime's libraries load of each other is in the runtime.
        Set<String> own = nativeFiles.stream()
                .map(file -> String.valueOf(file.getFileName()))
                .collect(Collectors.toSet());
        for (Path file : nativeFiles) {
            String said = Command.run(List.of("ldd", file.toString()));
            MISSING.matcher(said)
                    .results()
                    .map(missing -> missing.group(1))
                    .filter(name -> !own.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new SystemException("%s needs %s, which is not on this machine".formatted(file, name));
                    });
            Matcher loaded = LOADED.matcher(said);
            while (loaded.find()) {
                libraries.add(Path.of(loaded.group(1)));
            }
        }
        libraries.removeIf(library -> own.contains(String.valueOf(library.getFileName())));
        libraries.addAll(loadedLater(libraries));
        for (Path library : libraries) {
            Path copy = folder.resolve(library.toString().substring(1));
            Files.createDirectories(copy.getParent());
            Files.copy(library.toRealPath(), copy);
        }
        Path etc = Files.createDirectories(folder.resolve("etc"));
        Files.writeString(
                etc.resolve("passwd"),
                "root:x:0:0:root:/:/sbin/nologin\nvotelog:x:%1$d:%1$d:votelog:%2$s:/sbin/nologin\n"
                        .formatted(ImagePaths.USER, ImagePaths.STATE));
        Files.writeString(etc.resolve("group"), "root:x:0:\nvotelog:x:%d:\n".formatted(ImagePaths.USER));
        Files.writeString(etc.resolve("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
        Files.createDirectories(folder.resolve("tmp"));
    }

    private static List<Path> loadedLater(Set<Path> libraries) throws IOException {
        Path libc = libraries.stream()
                .filter(library -> library.endsWith("libc.so.6"))
                .findFirst()
                .orElseThrow(
                        () -> new SystemException(
                                "this machine has no glibc to make a base of: name a base by --base, and build where glibc is"));
        try (Stream<Path> beside = Files.list(libc.getParent())) {
            return beside.filter(file ->
                            LOADED_LATER.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
    }
}
