package io.votelog.infra.local;

import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * What the apps are told that nobody else may know, and the public key that goes with it. Made once, on the first start;
 * a log is of use only with the secrets that it was begun with.
 *
 * @param pepper base64 of 32 bytes
 * @param hs256 64 hexadecimal digits
 * @param privateKey base64 of an Ed25519 key's PKCS #8 form
 * @param publicKey base64 of its 32 raw bytes
 */
record Secrets(String pepper, String hs256, String privateKey, String publicKey) {
    private static final int LENGTH = 32;
    private static final String PEPPER = "pepper";
    private static final String HS256 = "hs256-secret";
    private static final String PRIVATE_KEY = "log-private-key";
    private static final String PUBLIC_KEY = "log-public-key";

    /** @throws UpException where they are gone or damaged although there is a log that needs them */
    static Secrets readOrMake(Folders folders) {
        Path folder = folders.secrets();
        try {
            if (Files.notExists(folder)) {
                if (folders.anyLog()) {
                    throw new UpException(
                            "%s is gone, but the votes beside it are unreadable without it: put it back, or delete %s"
                                    .formatted(folder, folders.home()));
                }
                make(folder);
            }
            return read(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path folder) throws IOException {
        SecureRandom random = new SecureRandom();
        byte[] pepper = new byte[LENGTH];
        random.nextBytes(pepper);
        byte[] hs256 = new byte[LENGTH];
        random.nextBytes(hs256);
        KeyPair keys = LogSigner.newKeyPair();

        Path next = folder.resolveSibling("secrets.next");
        Files.createDirectories(next, owner("rwx------"));
        write(next.resolve(PEPPER), Base64.getEncoder().encodeToString(pepper));
        write(next.resolve(HS256), HexFormat.of().formatHex(hs256));
        write(next.resolve(PRIVATE_KEY), LogSigner.privateKeyText(keys));
        write(next.resolve(PUBLIC_KEY), LogKeys.publicKeyText(keys.getPublic()));
        // All of them or none: half of a set would be taken for the whole at the next start.
        Files.move(next, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, owner("rw-------"));
        Files.writeString(file, text + "\n", StandardOpenOption.WRITE);
    }

    private static FileAttribute<Set<PosixFilePermission>> owner(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static Secrets read(Path folder) throws IOException {
        Secrets secrets = new Secrets(
                read(folder, PEPPER), read(folder, HS256), read(folder, PRIVATE_KEY), read(folder, PUBLIC_KEY));
        try {
            LogSigner.of(secrets.privateKey, secrets.publicKey);
        } catch (IllegalArgumentException e) {
            throw new UpException("the keys in %s are damaged: %s".formatted(folder, e.getMessage()));
        }
        return secrets;
    }

    private static String read(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            throw new UpException("%s is gone: put it back, or delete %s to begin anew"
                    .formatted(file, folder.toAbsolutePath().getParent()));
        }
        return Files.readString(file).strip();
    }

    /** Without any of them. */
    @Override
    public String toString() {
        return "Secrets[publicKey=%s]".formatted(publicKey);
    }
}
