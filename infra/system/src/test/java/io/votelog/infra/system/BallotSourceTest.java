// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.rules.Ballot;
import io.votelog.rules.Note;
import io.votelog.schemas.BallotFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallotSourceTest {
    private static final Path SEED = Path.of("../local/ballots/gz-customs-2021.yaml");

    @Test
    void shouldMoveTheWindowAndNothingElse() {
        BallotSource seed = BallotSource.of(SEED);
        BallotSource moved = seed.openFrom(Instant.parse("2026-11-23T21:17:38.912Z"));

        Ballot sent = ((Ballot.Definition.Valid) BallotFile.JSON.read(moved.body())).ballot();
        assertThat(sent).isEqualTo(moved.ballot());
        assertThat(sent.opensAt()).isEqualTo("2026-11-23T21:17:00Z");
        assertThat(sent.closesAt()).isEqualTo("2026-11-30T21:17:00Z");
        assertThat(moved.contentType()).isEqualTo("application/json");
        assertThat(moved.asItStands()).isFalse();

        Map<String, Object> before = seed.ballot().toPlain();
        Map<String, Object> after = sent.toPlain();
        before.remove("window");
        after.remove("window");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void shouldSendAFileAsItStands() throws Exception {
        BallotSource seed = BallotSource.of(SEED);
        assertThat(seed.body()).isEqualTo(Files.readAllBytes(SEED));
        assertThat(seed.contentType()).isEqualTo("application/yaml");
        assertThat(seed.asItStands()).isTrue();
    }

    @Test
    void shouldNameTheFaultsOfAFileInOneLine(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("mine.json"), "{\"ballotId\": \"mine\",\n\"title\": 1}");
        assertThatThrownBy(() -> BallotSource.of(file))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("mine.json")
                .hasMessageContaining("title")
                .hasMessageContaining("window")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void shouldSayThatAFileIsNotThere(@TempDir Path dir) {
        assertThatThrownBy(() -> BallotSource.of(dir.resolve("none.yaml")))
                .isInstanceOf(SystemException.class)
                .hasMessageContaining("none.yaml");
    }

    /** The gateway alone says what may be published: a ballot that stands there may be one of an earlier day. */
    @Test
    void shouldSendWhatIsABallotAndNoteWhatWasRounded(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(
                dir.resolve("old.yaml"),
                """
                ballotId: old
                title: Old
                window: {opensAt: 2030-01-01T00:00:00.000001Z, closesAt: 2030-01-02T00:00:00Z}
                sections:
                  - {id: A, title: A, options: [{id: a1, title: Same}, {id: a2, title: Same}]}
                """);
        BallotSource source = BallotSource.of(file);
        assertThat(source.ballot().optionCount()).isEqualTo(2);
        assertThat(source.notes()).extracting(Note::at).containsExactly("window.opensAt");
    }
}
