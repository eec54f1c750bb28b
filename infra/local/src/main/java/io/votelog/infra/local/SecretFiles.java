// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.Environment;
import io.votelog.infra.system.Secrets;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a local system. What is given by environment is used; what is not is made once, on the first start, and kept in files that
 * their owner alone may read.
 */
final class SecretFiles {
    private static final String PEPPER = "pepper";
    private static final String HS256 = "hs256-secret";
    private static final String PRIVATE_KEY = "log-private-key";
    private static final String PUBLIC_KEY = "log-public-key";

    private SecretFiles() {}

    /** @throws UpException where they are gone or damaged although there is a log that needs them, or what is given is of no use */
    static Secrets readOrMake(Folders folders, Environment environment) {
        Given given = Given.of(environment);
        Path folder = folders.secrets();
        try {
            if (!given.all() && Files.notExists(folder)) {
                if (folders.anyLog()) {
                    throw new UpException(
                            "%s is gone, but the votes beside it are unreadable without it: put it back, or delete %s"
                                    .formatted(folder, folders.home()));
                }
                make(folder, given);
            }
            given.requireThatOf(folders);
            Secrets secrets = new Secrets(
                    given.pepper == null ? read(folder, PEPPER, Secrets.PEPPER_KEY) : given.pepper,
                    given.hs256 == null ? hs256(folder) : given.hs256,
                    given.privateKey == null ? read(folder, PRIVATE_KEY, Secrets.PRIVATE_KEY_KEY) : given.privateKey,
                    given.publicKeys == null ? read(folder, PUBLIC_KEY, Secrets.PUBLIC_KEYS_KEY) : given.publicKeys);
            if (!secrets.hasPair()) {
                throw new UpException(
                        given.privateKey == null && given.publicKeys == null
                                ? "the keys in %s are damaged: they are no pair".formatted(folder)
                                : "%s and %s are no pair: the first must be base64 of an Ed25519 key's PKCS #8 form, and its public key one of the second"
                                        .formatted(
                                                Environment.variable(Secrets.PRIVATE_KEY_KEY),
                                                Environment.variable(Secrets.PUBLIC_KEYS_KEY)));
            }
            if (Given.decoded(secrets.pepper()) < Secrets.LENGTH) {
                throw new UpException("%s is damaged: it must be base64 of at least %d bytes"
                        .formatted(folder.resolve(PEPPER), Secrets.LENGTH));
            }
            BegunWith.requireAndNote(
                    folders,
                    secrets,
                    given.pepper == null ? folder.resolve(PEPPER).toString() : Environment.variable(Secrets.PEPPER_KEY),
                    given.publicKeys == null
                            ? folder.resolve(PUBLIC_KEY).toString()
                            : Environment.variable(Secrets.PUBLIC_KEYS_KEY));
            return secrets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the environment gives of them. */
    private record Given(
            @Nullable String pepper, @Nullable String hs256, @Nullable String privateKey, @Nullable String publicKeys) {
        /** @throws UpException where something is too short, or needs another that is not given */
        static Given of(Environment environment) {
            Given given = new Given(
                    environment.setting(Secrets.PEPPER_KEY).map(String::strip).orElse(null),
                    environment.setting(Secrets.HS256_KEY).orElse(null),
                    environment
                            .setting(Secrets.PRIVATE_KEY_KEY)
                            .map(String::strip)
                            .orElse(null),
                    environment.setting(Secrets.PUBLIC_KEYS_KEY).orElse(null));
            if (given.pepper != null) {
                requireLength(Secrets.PEPPER_KEY, decoded(given.pepper), "base64 of ");
            }
            if (given.hs256 != null) {
                requireLength(Secrets.HS256_KEY, given.hs256.getBytes(StandardCharsets.UTF_8).length, "");
            }
            if (given.privateKey != null && given.publicKeys == null) {
                throw new UpException("%s is given without %s: the public key that goes with it must be given too"
                        .formatted(
                                Environment.variable(Secrets.PRIVATE_KEY_KEY),
                                Environment.variable(Secrets.PUBLIC_KEYS_KEY)));
            }
            return given;
        }

        boolean all() {
            return pepper != null && hs256 != null && privateKey != null && publicKeys != null;
        }

        /** A log without a note of what it was begun with, of an earlier build, was begun with the pepper that was made here. */
        void requireThatOf(Folders folders) throws IOException {
            Path made = folders.secrets().resolve(PEPPER);
            if (pepper != null
                    && Files.exists(folders.kafka())
                    && Files.notExists(folders.begunWith())
                    && Files.exists(made)
                    && !Files.readString(made).strip().equals(pepper)) {
                throw new UpException(
                        "%s is another pepper than %s, which the votes beside it were begun with: unset it, or run with --dir FOLDER"
                                .formatted(Environment.variable(Secrets.PEPPER_KEY), made));
            }
        }

        private static void requireLength(String key, int bytes, String form) {
            if (bytes < Secrets.LENGTH) {
                throw new UpException("%s has %s; it must be %sat least %d bytes"
                        .formatted(
                                Environment.variable(key),
                                bytes < 0 ? "no base64" : bytes + " bytes",
                                form,
                                Secrets.LENGTH));
            }
        }

        private static int decoded(String base64) {
            try {
                return Base64.getDecoder().decode(base64).length;
            } catch (IllegalArgumentException e) {
                return -1;
            }
        }
    }

    /** What is given is used and not written down, so it is asked for again at the next start; its owner keeps it. */
    private static void make(Path folder, Given given) throws IOException {
        Path next = folder.resolveSibling("secrets.next");
        Files.createDirectories(next, owner("rwx------"));
        if (given.pepper == null) {
            write(next.resolve(PEPPER), Secrets.drawnPepper());
        }
        if (given.hs256 == null) {
            write(next.resolve(HS256), Secrets.drawnHs256());
        }
        if (given.privateKey == null) {
            KeyPair keys = LogSigner.newKeyPair();
            write(next.resolve(PRIVATE_KEY), LogSigner.privateKeyText(keys));
            write(next.resolve(PUBLIC_KEY), LogKeys.publicKeyText(keys.getPublic()));
        }
        // All of them or none: half of a set would be taken for the whole at the next start.
        Files.move(next, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /** No vote depends on it, so it can be made whenever it is missing. */
    private static String hs256(Path folder) throws IOException {
        Path file = folder.resolve(HS256);
        if (Files.notExists(file)) {
            write(file, Secrets.drawnHs256());
        }
        return Files.readString(file).strip();
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, owner("rw-------"));
        Files.writeString(file, text + "\n", StandardOpenOption.WRITE);
    }

    private static FileAttribute<Set<PosixFilePermission>> owner(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static String read(Path folder, String name, String key) throws IOException {
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            throw new UpException("%s is gone: put it back, give %s, or delete %s to begin anew"
                    .formatted(
                            file,
                            Environment.variable(key),
                            folder.toAbsolutePath().getParent()));
        }
        return Files.readString(file).strip();
    }
}
