// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Somebody who takes a bundle apart, changes it, and puts it together again, with the right hashes where asked. */
final class Forger {
    final Map<String, byte[]> files = new LinkedHashMap<>();

    Forger(Path bundle) throws IOException {
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                files.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
    }

    String text(String path) {
        return new String(files.get(path), StandardCharsets.UTF_8);
    }

    Forger put(String path, String text) {
        return put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    Forger put(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    Forger change(String path, UnaryOperator<String> change) {
        String before = text(path);
        String after = change.apply(before);
        if (before.equals(after)) {
            throw new AssertionError("nothing is changed in " + path + ": " + before);
        }
        return put(path, after);
    }

    /** Turns a bit of a file in its middle; an empty one gets a byte. */
    Forger flip(String path) {
        byte[] bytes = files.get(path).clone();
        if (bytes.length == 0) {
            return put(path, new byte[1]);
        }
        bytes[bytes.length / 2] ^= 1;
        return put(path, bytes);
    }

    Forger remove(String path) {
        if (files.remove(path) == null) {
            throw new AssertionError(path);
        }
        return this;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    /** Makes the dump's manifest right again. */
    Forger correctDump() {
        ObjectNode manifest = (ObjectNode) Texts.JSON.readTree(text("log/manifest.json"));
        manifest.path("files").forEach(each -> {
            byte[] bytes = files.get("log/" + each.path("file").asString());
            ((ObjectNode) each).put("bytes", bytes.length).put("sha256", sha256(bytes));
        });
        return put("log/manifest.json", Texts.JSON.writeValueAsString(manifest) + "\n");
    }

    /** Makes the manifest and the sums name what is there. */
    Forger correct() {
        ObjectNode manifest = (ObjectNode) Texts.JSON.readTree(text(BundlePaths.MANIFEST));
        StringBuilder sums = new StringBuilder();
        files.forEach((path, bytes) -> {
            if (!path.equals(BundlePaths.MANIFEST) && !path.equals(BundlePaths.SUMS)) {
                sums.append(sha256(bytes)).append("  ").append(path).append('\n');
            }
        });
        put(BundlePaths.SUMS, sums.toString());
        ArrayNode named = manifest.putArray("files");
        files.forEach((path, bytes) -> {
            if (!path.equals(BundlePaths.MANIFEST)) {
                named.addObject().put("path", path).put("bytes", bytes.length).put("sha256", sha256(bytes));
            }
        });
        return put(BundlePaths.MANIFEST, Texts.JSON.writeValueAsString(manifest) + "\n");
    }

    /** Changes a member of the manifest. */
    Forger manifest(Consumer<ObjectNode> change) {
        ObjectNode manifest = (ObjectNode) Texts.JSON.readTree(text(BundlePaths.MANIFEST));
        change.accept(manifest);
        return put(BundlePaths.MANIFEST, Texts.JSON.writeValueAsString(manifest) + "\n");
    }

    /** The changed bundle. */
    Path pack(Path folder) throws IOException {
        Path out = Files.createTempDirectory(folder, "forged").resolve("forged.zip");
        try (ZipWriter zip = new ZipWriter(out, false)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                zip.add(file.getKey(), ByteBuffer.wrap(file.getValue()));
            }
            zip.finish();
        }
        return out;
    }
}
