// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What of the secrets a log was begun with, noted beside it: under another pepper its voters would be others, and without one of these
 * keys its ballots would be unsigned. The note holds no secret. A pepper is 32 random bytes or more, which nobody finds from a hash.
 *
 * @param pepper SHA-256 of a label and the pepper, in hexadecimal digits
 * @param publicKeys of the keys that have signed in this log, base64
 */
record BegunWith(String pepper, List<String> publicKeys) {
    private static final String LABEL = "infra/up pepper/v1";
    private static final String PEPPER = "pepper ";
    private static final String PUBLIC_KEY = "public-key ";

    BegunWith {
        publicKeys = List.copyOf(publicKeys);
    }

    /**
     * Holds these secrets to the note beside a log that stands, and notes them.
     *
     * @param pepperFrom where the pepper comes from, as a message names it
     * @param keysFrom the same of the public keys
     * @throws UpException where the log was begun with others
     */
    static void requireAndNote(Folders folders, Secrets secrets, String pepperFrom, String keysFrom)
            throws IOException {
        Path note = folders.begunWith();
        String pepper = fingerprint(secrets.pepper());
        List<String> keys = new ArrayList<>();
        if (Files.exists(folders.kafka()) && Files.exists(note)) {
            BegunWith begun = read(note);
            if (!begun.pepper.equals(pepper)) {
                throw new UpException(
                        "%s is another pepper than the votes in %s were begun with: give that one, run with --dir FOLDER, or forget the votes with --fresh"
                                .formatted(pepperFrom, folders.kafka()));
            }
            for (String key : begun.publicKeys) {
                if (!secrets.listedKeys().contains(key)) {
                    throw new UpException(
                            "%s is without %s, which has signed in %s: give that one too, run with --dir FOLDER, or forget the votes with --fresh"
                                    .formatted(keysFrom, key, folders.kafka()));
                }
            }
            keys.addAll(begun.publicKeys);
        }
        String signing = secrets.signingKey();
        if (!keys.contains(signing)) {
            keys.add(signing);
        }
        new BegunWith(pepper, keys).write(note);
    }

    private static BegunWith read(Path note) throws IOException {
        List<String> lines = Files.readAllLines(note, StandardCharsets.UTF_8);
        return new BegunWith(
                lines.stream()
                        .filter(line -> line.startsWith(PEPPER))
                        .map(line -> line.substring(PEPPER.length()))
                        .findFirst()
                        .orElseThrow(() -> new UpException("%s is damaged: it names no pepper".formatted(note))),
                lines.stream()
                        .filter(line -> line.startsWith(PUBLIC_KEY))
                        .map(line -> line.substring(PUBLIC_KEY.length()))
                        .toList());
    }

    private void write(Path note) throws IOException {
        StringBuilder text = new StringBuilder(PEPPER).append(pepper).append('\n');
        publicKeys.forEach(key -> text.append(PUBLIC_KEY).append(key).append('\n'));
        Path next = note.resolveSibling(note.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        // Half of a note would be taken for the whole at the next start.
        Files.move(next, note, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String fingerprint(String pepper) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(LABEL.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256.digest(Base64.getDecoder().decode(pepper)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
