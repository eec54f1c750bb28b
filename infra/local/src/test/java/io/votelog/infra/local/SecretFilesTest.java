// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.system.Environment;
import io.votelog.infra.system.Secrets;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
    private static final Environment NOTHING_GIVEN = new Environment(Map.of());
    private static final String PEPPER = Base64.getEncoder().encodeToString(new byte[48]);
    private static final String SECRET = "a secret of at least thirty-two bytes";

    @TempDir
    Path home;

    private Folders folders;

    @BeforeEach
    void folders() {
        folders = new Folders(home, false, false);
    }

    @Test
    void shouldMakeThemOnceAndForTheOwnerAlone() throws Exception {
        Secrets made = SecretFiles.readOrMake(folders, NOTHING_GIVEN);
        assertThat(Base64.getDecoder().decode(made.pepper())).hasSize(32);
        assertThat(made.hs256()).hasSize(64);
        assertThat(SecretFiles.readOrMake(folders, NOTHING_GIVEN)).isEqualTo(made);
        assertThat(made.toString()).doesNotContain(made.pepper(), made.hs256(), made.privateKey());

        try (Stream<Path> files = Files.list(folders.secrets())) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(4);
            for (Path file : all) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.secrets())))
                .isEqualTo("rwx------");
    }

    @Test
    void shouldMakeNoNewOnesForALogThatStands() throws Exception {
        Files.createDirectories(new Folders(home, true, false).kafka());
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, NOTHING_GIVEN))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("secrets is gone");
    }

    @Test
    void shouldRefuseHalfASetOrKeysThatAreNoPair() throws Exception {
        SecretFiles.readOrMake(folders, NOTHING_GIVEN);
        Files.writeString(
                folders.secrets().resolve("log-public-key"), Base64.getEncoder().encodeToString(new byte[32]));
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, NOTHING_GIVEN))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("damaged");
        Files.delete(folders.secrets().resolve("log-public-key"));
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, NOTHING_GIVEN))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("log-public-key is gone");
    }

    @Test
    void shouldUseWhatIsGivenAndMakeTheRest() throws Exception {
        Secrets given = SecretFiles.readOrMake(
                folders, new Environment(Map.of("VOTELOG_AUTH_HS256_SECRET", SECRET, "VOTELOG_PEPPER", PEPPER)));
        assertThat(given.hs256()).isEqualTo(SECRET);
        assertThat(given.pepper()).isEqualTo(PEPPER);

        assertThat(folders.secrets().resolve("pepper")).doesNotExist();

        // The next start, of the log that was begun with it.
        Files.createDirectories(folders.kafka());
        Secrets next = SecretFiles.readOrMake(folders, new Environment(Map.of("VOTELOG_PEPPER", PEPPER)));
        assertThat(next.pepper()).isEqualTo(PEPPER);
        assertThat(next.hs256()).as("no vote depends on it").hasSize(64);
        assertThat(next.privateKey()).isEqualTo(given.privateKey());
        assertThat(next.publicKeys()).isEqualTo(given.publicKeys());
        assertRefused(Map.of(), "pepper is gone: put it back, give VOTELOG_PEPPER, or delete");
    }

    @Test
    void shouldUseGivenKeysAndMakeNothingWhereAllIsGiven() {
        KeyPair keys = LogSigner.newKeyPair();
        String publicKeys = LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic()) + ", "
                + LogKeys.publicKeyText(keys.getPublic());
        Map<String, String> all = new HashMap<>(Map.of(
                "VOTELOG_AUTH_HS256_SECRET", SECRET,
                "VOTELOG_PEPPER", PEPPER,
                "VOTELOG_LOG_PRIVATE_KEY", LogSigner.privateKeyText(keys),
                "VOTELOG_LOG_PUBLIC_KEYS", publicKeys));
        assertThat(SecretFiles.readOrMake(folders, new Environment(all)))
                .isEqualTo(new Secrets(PEPPER, SECRET, LogSigner.privateKeyText(keys), publicKeys));
        assertThat(folders.secrets()).doesNotExist();

        all.remove("VOTELOG_LOG_PUBLIC_KEYS");
        assertRefused(all, "VOTELOG_LOG_PRIVATE_KEY is given without VOTELOG_LOG_PUBLIC_KEYS");
        all.put(
                "VOTELOG_LOG_PUBLIC_KEYS",
                LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic()));
        assertRefused(all, "VOTELOG_LOG_PRIVATE_KEY and VOTELOG_LOG_PUBLIC_KEYS are no pair");
    }

    @Test
    void shouldSayThatWhatIsGivenIsTooShort() {
        assertRefused(
                Map.of("VOTELOG_AUTH_HS256_SECRET", "short"),
                "VOTELOG_AUTH_HS256_SECRET has 5 bytes; it must be at least 32 bytes");
        assertRefused(
                Map.of("VOTELOG_PEPPER", "c2hvcnQ="),
                "VOTELOG_PEPPER has 5 bytes; it must be base64 of at least 32 bytes");
        assertRefused(Map.of("VOTELOG_PEPPER", "?"), "VOTELOG_PEPPER has no base64");
    }

    @Test
    void shouldGoOnWithALogUnderItsOwnPepperAlone() throws Exception {
        Secrets made = SecretFiles.readOrMake(folders, NOTHING_GIVEN);
        Files.createDirectories(folders.kafka());
        assertRefused(Map.of("VOTELOG_PEPPER", PEPPER), "VOTELOG_PEPPER is another pepper than");
        assertThat(SecretFiles.readOrMake(folders, new Environment(Map.of("VOTELOG_PEPPER", made.pepper()))))
                .isEqualTo(made);
    }

    /** Nothing of what is given is written down, and yet the next start knows whether it is the same. */
    @Test
    void shouldGoOnWithALogUnderWhatWasGivenAtItsFirstStartAlone() throws Exception {
        KeyPair keys = LogSigner.newKeyPair();
        String publicKey = LogKeys.publicKeyText(keys.getPublic());
        Map<String, String> all = new HashMap<>(Map.of(
                "VOTELOG_AUTH_HS256_SECRET", SECRET,
                "VOTELOG_PEPPER", PEPPER,
                "VOTELOG_LOG_PRIVATE_KEY", LogSigner.privateKeyText(keys),
                "VOTELOG_LOG_PUBLIC_KEYS", publicKey));
        Secrets first = SecretFiles.readOrMake(folders, new Environment(all));
        assertThat(Files.readString(folders.begunWith()))
                .doesNotContain(first.pepper(), first.hs256(), first.privateKey());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folders.begunWith())))
                .isEqualTo("rw-------");
        Files.createDirectories(folders.kafka());

        Map<String, String> other = new HashMap<>(all);
        other.put("VOTELOG_PEPPER", Base64.getEncoder().encodeToString(new byte[32]));
        assertRefused(other, "VOTELOG_PEPPER is another pepper than the votes in " + folders.kafka());
        KeyPair newKeys = LogSigner.newKeyPair();
        String newPublicKey = LogKeys.publicKeyText(newKeys.getPublic());
        other = new HashMap<>(all);
        other.put("VOTELOG_LOG_PRIVATE_KEY", LogSigner.privateKeyText(newKeys));
        other.put("VOTELOG_LOG_PUBLIC_KEYS", newPublicKey);
        assertRefused(other, "VOTELOG_LOG_PUBLIC_KEYS is without " + publicKey);
        assertThat(SecretFiles.readOrMake(folders, new Environment(all))).isEqualTo(first);

        // A new key beside the old one is no other log; both have signed in it from then on.
        other.put("VOTELOG_LOG_PUBLIC_KEYS", newPublicKey + "," + publicKey);
        SecretFiles.readOrMake(folders, new Environment(other));
        assertRefused(all, "VOTELOG_LOG_PUBLIC_KEYS is without " + newPublicKey);

        // The other shape has a log of its own, and what is forgotten binds nobody.
        Map<String, String> anothers = new HashMap<>(all);
        anothers.put("VOTELOG_PEPPER", Base64.getEncoder().encodeToString(new byte[32]));
        SecretFiles.readOrMake(new Folders(home, true, false), new Environment(anothers));
        folders.forget();
        assertThat(folders.begunWith()).doesNotExist();
        SecretFiles.readOrMake(folders, new Environment(anothers));
    }

    @Test
    void shouldSayThatWhatWasMadeIsAnothersOrDamaged() throws Exception {
        SecretFiles.readOrMake(folders, NOTHING_GIVEN);
        Files.createDirectories(folders.kafka());
        Path pepper = folders.secrets().resolve("pepper");
        Files.writeString(pepper, PEPPER);
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, NOTHING_GIVEN))
                .isInstanceOf(UpException.class)
                .hasMessageStartingWith(pepper + " is another pepper than the votes");
        Files.writeString(pepper, "?");
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, NOTHING_GIVEN))
                .isInstanceOf(UpException.class)
                .hasMessageStartingWith(pepper + " is damaged");
    }

    /** Logs of earlier builds have no note. */
    @Test
    void shouldHoldALogWithoutANoteToThePepperThatWasMadeForIt() throws Exception {
        Secrets made = SecretFiles.readOrMake(folders, NOTHING_GIVEN);
        Files.delete(folders.begunWith());
        Files.createDirectories(folders.kafka());
        assertRefused(Map.of("VOTELOG_PEPPER", PEPPER), "VOTELOG_PEPPER is another pepper than");
        assertThat(folders.begunWith()).doesNotExist();
        assertThat(SecretFiles.readOrMake(folders, NOTHING_GIVEN)).isEqualTo(made);
        assertThat(folders.begunWith()).exists();
    }

    private void assertRefused(Map<String, String> given, String said) {
        assertThatThrownBy(() -> SecretFiles.readOrMake(folders, new Environment(given)))
                .isInstanceOf(UpException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining(PEPPER);
    }
}
