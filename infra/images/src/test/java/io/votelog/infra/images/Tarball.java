// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An image as {@code docker save} writes it, read by code that has no part in writing it. */
final class Tarball {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final JsonNode manifest;
    private final Map<String, Entry> files = new LinkedHashMap<>();

    /**
     * What the uppermost layer that has it says of a file or a folder.
     *
     * @param layer the number of that layer, the lowest being 0
     * @param digest SHA-256 of what is in a file
     */
    record Entry(String path, int layer, boolean folder, int mode, long user, long timeS, String digest) {
        boolean writableByOthers() {
            return (mode & 022) != 0;
        }
    }

    private interface Visitor {
        void visit(TarArchiveEntry entry, InputStream content) throws IOException;
    }

    Tarball(Path file) throws IOException {
        this.file = file;
        this.manifest = JSON.readTree(part("manifest.json")).path(0);
        for (int number = 0; number < layers().size(); number++) {
            int layer = number;
            visit(layer, (entry, content) -> {
                assertThat(entry.isFile() || entry.isDirectory())
                        .as("%s is a file or a folder", entry.getName())
                        .isTrue();
                String path = path(entry);
                files.put(
                        path,
                        new Entry(
                                path,
                                layer,
                                entry.isDirectory(),
                                entry.getMode() & 07777,
                                entry.getLongUserId(),
                                entry.getLastModifiedTime().toMillis() / 1000,
                                digest(content)));
            });
        }
    }

    private static String path(TarArchiveEntry entry) {
        return "/" + entry.getName().replaceAll("^/|/$", "");
    }

    private byte[] part(String name) throws IOException {
        try (TarArchiveInputStream tar = open(name)) {
            return tar.readAllBytes();
        }
    }

    /** The tarball, at one of its parts. */
    private TarArchiveInputStream open(String name) throws IOException {
        TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.getName().equals(name)) {
                return tar;
            }
        }
        throw new AssertionError(file + " has no " + name);
    }

    private void visit(int layer, Visitor visitor) throws IOException {
        try (InputStream packed = open(layers().get(layer));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(packed, 1 << 16))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                visitor.visit(entry, tar);
            }
        }
    }

    private List<String> layers() {
        return manifest.path("Layers").valueStream().map(JsonNode::stringValue).toList();
    }

    String name() {
        return manifest.path("RepoTags").path(0).stringValue();
    }

    /** What containers of the image are started with. */
    JsonNode config() throws IOException {
        return JSON.readTree(part(manifest.path("Config").stringValue())).path("config");
    }

    List<String> entryPoint() throws IOException {
        return config().path("Entrypoint")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    /** Of the layers as they are packed, from the lowest to the uppermost. */
    List<String> layerDigests() throws IOException {
        List<String> digests = new ArrayList<>();
        for (String layer : layers()) {
            try (InputStream packed = open(layer)) {
                digests.add(digest(packed));
            }
        }
        return digests;
    }

    /** By path. */
    Map<String, Entry> files() {
        return files;
    }

    /** What is in a file. */
    byte[] content(String path) {
        List<byte[]> found = new ArrayList<>();
        read(entry -> entry.path().equals(path), (entry, content) -> found.add(content.readAllBytes()));
        assertThat(found).as(path).hasSize(1);
        return found.get(0);
    }

    /** Writes files into a folder that stands for the image's root, as an engine would, but for their owners. */
    void unpack(Path root, Predicate<Entry> wanted) {
        read(wanted, (tarEntry, content) -> {
            Path path = root.resolve(path(tarEntry).substring(1));
            if (tarEntry.isDirectory()) {
                Files.createDirectories(path);
                return;
            }
            Files.createDirectories(path.getParent());
            try (OutputStream out = Files.newOutputStream(path)) {
                content.transferTo(out);
            }
            Files.setPosixFilePermissions(
                    path,
                    PosixFilePermissions.fromString((tarEntry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
            Files.setLastModifiedTime(
                    path, FileTime.from(tarEntry.getLastModifiedTime().toInstant()));
        });
    }

    private void read(Predicate<Entry> wanted, Visitor visitor) {
        try {
            for (int number = 0; number < layers().size(); number++) {
                int layer = number;
                visit(layer, (tarEntry, content) -> {
                    Entry entry = files.get(path(tarEntry));
                    if (entry.layer() == layer && wanted.test(entry)) {
                        visitor.visit(tarEntry, content);
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(InputStream in) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            // The stream is the tarball's, and goes on behind what is read here.
            DigestInputStream reading = new DigestInputStream(in, sha256);
            reading.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
