// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.BoundedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that a stranger gave, in a folder that its owner alone may read and that is deleted when it is closed. What
 * is in it is believed by nobody: {@link #differences} says where it is not what its manifest names.
 */
final class UnpackedBundle implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final WorkFolder folder;
    private final BundleManifest manifest;
    private final List<String> differences = new ArrayList<>();

    /**
     * Unpacks a bundle.
     *
     * @param file the archive
     * @param work a folder with room for as much as the archive has; null for where the machine keeps temporary files
     * @throws AuditException when the file is no bundle, is damaged, or there is no room for it
     */
    UnpackedBundle(Path file, @Nullable Path work) throws IOException {
        this.file = file;
        try (ZipListing zip = new ZipListing(file)) {
            ZipListing.Entry first = zip.entries().stream()
                    .filter(entry -> entry.name().equals(BundlePaths.MANIFEST))
                    .findFirst()
                    .orElseThrow(() -> ZipListing.refused(file, "it holds no " + BundlePaths.MANIFEST));
            this.folder = WorkFolder.temporary(work);
            try {
                long room = Files.getFileStore(folder.path()).getUsableSpace();
                if (room < Files.size(file)) {
                    throw new AuditException(
                            "%s needs %,d bytes, and %s has room for %,d: --work FOLDER takes another one"
                                    .formatted(
                                            file,
                                            Files.size(file),
                                            folder.path().getParent(),
                                            room));
                }
                unpack(zip, first);
                this.manifest = BundleManifest.read(path(BundlePaths.MANIFEST));
                unpack(zip);
                differences.addAll(new ExpectedFiles(this).differences());
            } catch (IOException | RuntimeException e) {
                folder.close();
                throw e;
            }
        }
    }

    /** Unpacks what the manifest names, and notes what is another thing than it says. */
    private void unpack(ZipListing zip) throws IOException {
        Map<String, BundleManifest.File> named = new HashMap<>();
        manifest.files().forEach(one -> named.put(one.path(), one));
        for (ZipListing.Entry entry : zip.entries()) {
            if (entry.name().equals(BundlePaths.MANIFEST)) {
                continue;
            }
            BundleManifest.File said = named.remove(entry.name());
            if (said == null) {
                differences.add("%s is in it, and %s does not name it".formatted(entry.name(), BundlePaths.MANIFEST));
                continue;
            }
            String sha256 = unpack(zip, entry);
            if (said.bytes() != entry.bytes() || !said.sha256().equals(sha256)) {
                differences.add("%s has %,d bytes and the SHA-256 %s; %s names %,d and %s"
                        .formatted(
                                entry.name(),
                                entry.bytes(),
                                sha256,
                                BundlePaths.MANIFEST,
                                said.bytes(),
                                said.sha256()));
            }
        }
        manifest.files().stream()
                .filter(one -> named.containsKey(one.path()))
                .forEach(one -> differences.add(
                        "%s is not in it, and %s names it".formatted(one.path(), BundlePaths.MANIFEST)));
    }

    /** Unpacks a file; returns its SHA-256 in hexadecimal digits. */
    private String unpack(ZipListing zip, ZipListing.Entry entry) throws IOException {
        Path to = path(entry.name());
        Files.createDirectories(Objects.requireNonNull(to.getParent()));
        MessageDigest sha256 = Hashes.sha256();
        CRC32 crc32 = new CRC32();
        byte[] bytes = new byte[BUFFER];
        InputStream in = zip.open(entry);
        try (OutputStream out = PrivateFiles.newStream(to)) {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                crc32.update(bytes, 0, read);
                sha256.update(bytes, 0, read);
                out.write(bytes, 0, read);
            }
        }
        if (crc32.getValue() != entry.crc32()) {
            throw new AuditException("%s is damaged: %s has other bytes than its checksum says. Get it again"
                    .formatted(file, entry.name()));
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** The archive's name, for people. */
    String name() {
        return file.toString();
    }

    BundleManifest manifest() {
        return manifest;
    }

    /** Where it is not what its manifest names; the first difference first, and empty where it is. */
    List<String> differences() {
        return List.copyOf(differences);
    }

    /** Where a file of the bundle is, if there is such a file. */
    Path path(String path) {
        return folder.path().resolve(path);
    }

    /** A file's text. */
    String text(String path) {
        return InputFile.text(path(path), InputFile.MANIFEST);
    }

    /** The folder of the sealed log. */
    String sealed() {
        return path(BundlePaths.SEALED).toString();
    }

    /** The keys of the sealed log that the bundle names. */
    SealedLogKey logKey() {
        try {
            return SealedLogKey.parse(List.of(text(BundlePaths.LOG_KEYS)));
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(BundlePaths.LOG_KEYS, e.getMessage()), e);
        }
    }

    /** The checkpoint of a tree. */
    Checkpoint checkpoint(SealedLog tree) {
        return Checkpoint.parse(note(tree).text());
    }

    /** The checkpoint of a tree with its signatures. */
    SignedNote note(SealedLog tree) {
        String path = BundlePaths.checkpoint(tree);
        return SignedNote.parse(Optional.ofNullable(BoundedFile.readIfThere(path(path), SignedNote.LONGEST))
                .orElseThrow(() -> new AuditException("%s has no %s".formatted(file, path))));
    }

    /** A message without the folder that the bundle was unpacked to. */
    String plain(String message) {
        return message.replace(folder.path() + "/", "").replace(folder.path().toString(), "the bundle");
    }

    @Override
    public void close() {
        folder.close();
    }
}
