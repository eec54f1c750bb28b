package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    @TempDir
    Path home;

    private Folders folders;

    @BeforeEach
    void folders() {
        folders = new Folders(home, false);
    }

    @Test
    void shouldMakeThemOnceAndForTheOwnerAlone() throws Exception {
        Secrets made = Secrets.readOrMake(folders);
        assertThat(Base64.getDecoder().decode(made.pepper())).hasSize(32);
        assertThat(made.hs256()).hasSize(64);
        assertThat(Secrets.readOrMake(folders)).isEqualTo(made);
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
        Files.createDirectories(new Folders(home, true).kafka());
        assertThatThrownBy(() -> Secrets.readOrMake(folders))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("secrets is gone");
    }

    @Test
    void shouldRefuseHalfASetOrKeysThatAreNoPair() throws Exception {
        Secrets.readOrMake(folders);
        Files.writeString(
                folders.secrets().resolve("log-public-key"), Base64.getEncoder().encodeToString(new byte[32]));
        assertThatThrownBy(() -> Secrets.readOrMake(folders))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("damaged");
        Files.delete(folders.secrets().resolve("log-public-key"));
        assertThatThrownBy(() -> Secrets.readOrMake(folders))
                .isInstanceOf(UpException.class)
                .hasMessageContaining("log-public-key is gone");
    }
}
