// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The layers of an image, in the order in which they lie on each other: what changes seldom lies below. */
enum Layer {
    /** The C library, and who the user is; absent where an image stands on another one. */
    SYSTEM,
    /** The Java runtime. */
    JAVA,
    /** What others have written. */
    LIBRARIES,
    /** Votelog's own jars, what the app is made of, and the folder of what it keeps. */
    APPLICATION,
    /** What has been prepared of a start. */
    CACHE;

    private static final FilePermissions FILE = FilePermissions.fromOctalString("644");
    private static final FilePermissions PROGRAM = FilePermissions.fromOctalString("755");
    private static final FilePermissions FOLDER = FilePermissions.fromOctalString("755");
    private static final FilePermissions OWN_FOLDER = FilePermissions.fromOctalString("700");
    private static final FilePermissions ANYBODYS_FOLDER = FilePermissions.fromOctalString("777");
    private static final String NOBODYS = "0:0";

    /**
     * All files of an image in their layers. They belong to root, and nobody may write them, but for the folders of what an app keeps and of
     * temporary files.
     *
     * @param root a folder that stands for the image's root
     * @param time that files and folders get
     */
    static List<FileEntriesLayer> of(Path root, Instant time) throws IOException {
        Map<Layer, FileEntriesLayer.Builder> layers = new EnumMap<>(Layer.class);
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root)) {
            all = walk.filter(path -> !path.equals(root)).sorted().toList();
        }
        for (Path path : all) {
            AbsoluteUnixPath inImage = AbsoluteUnixPath.get("/" + root.relativize(path));
            if (Files.isDirectory(path)) {
                addFolder(layers, path, inImage, time);
            } else {
                FilePermissions permissions =
                        Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE)
                                ? PROGRAM
                                : FILE;
                layer(layers, holding(inImage.toString())).addEntry(path, inImage, permissions, time, NOBODYS);
            }
        }
        List<FileEntriesLayer> built = new ArrayList<>();
        layers.values().forEach(layer -> built.add(layer.build()));
        return built;
    }

    /** Folders stand in the lowest layer that has something in them; those that are named here have nothing in them. */
    private static void addFolder(
            Map<Layer, FileEntriesLayer.Builder> layers, Path path, AbsoluteUnixPath inImage, Instant time)
            throws IOException {
        Layer lowest = null;
        for (Path file : Trees.files(path)) {
            Layer holding = holding(inImage + "/" + path.relativize(file));
            lowest = lowest == null || holding.compareTo(lowest) < 0 ? holding : lowest;
        }
        if (inImage.toString().equals(ImagePaths.STATE)) {
            String user = "%1$d:%1$d".formatted(ImagePaths.USER);
            layer(layers, APPLICATION).addEntry(path, inImage, OWN_FOLDER, time, user);
        } else if (inImage.toString().equals("/tmp")) {
            layer(layers, SYSTEM).addEntry(path, inImage, ANYBODYS_FOLDER, time, NOBODYS);
        } else {
            layer(layers, Optional.ofNullable(lowest).orElse(APPLICATION))
                    .addEntry(path, inImage, FOLDER, time, NOBODYS);
        }
    }

    private static FileEntriesLayer.Builder layer(Map<Layer, FileEntriesLayer.Builder> layers, Layer layer) {
        return layers.computeIfAbsent(
                layer, any -> FileEntriesLayer.builder().setName(layer.name().toLowerCase(Locale.ROOT)));
    }

    private static Layer holding(String path) {
        if (path.startsWith(ImagePaths.JAVA + "/")) {
            return JAVA;
        }
        if (path.matches(ImagePaths.APP + "/classes\\.(aot|jsa)")) {
            return CACHE;
        }
        if (path.startsWith(ImagePaths.NATIVE + "/") || path.matches(ImagePaths.APP + "/lib/(?!votelog-).*")) {
            return LIBRARIES;
        }
        boolean ours = Stream.of(ImagePaths.APP + "/", "/opt/votelog/", ImagePaths.STATE)
                .anyMatch(path::startsWith);
        return ours ? APPLICATION : SYSTEM;
    }
}
