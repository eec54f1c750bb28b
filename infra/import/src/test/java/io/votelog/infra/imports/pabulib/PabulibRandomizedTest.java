// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.Seeds;
import io.votelog.rules.Ballot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are drawn, in all the ways in which a file may be written. */
class PabulibRandomizedTest {
    private static final int FILES = 50;
    private static final int BREAKS = 40;
    private static final Instant OPENS = Instant.parse("2026-12-05T00:00:00Z");

    static LongStream seeds() {
        return Seeds.upTo(8);
    }

    @ParameterizedTest(name = "-Dvotelog.seed={0}")
    @MethodSource("seeds")
    void shouldReadWhatWasWritten(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < FILES; n++) {
            DrawnFile drawn = new DrawnFile(random);
            String text = new String(drawn.bytes, StandardCharsets.UTF_8);

            PabulibFile read = PabulibReader.read(drawn.bytes);

            assertThat(read.projects()).as(text).isEqualTo(drawn.projects);
            assertThat(read.votes()).as(text).extracting(FileVote::voter).isEqualTo(drawn.voters);
            assertThat(read.votes()).as(text).extracting(FileVote::projects).isEqualTo(drawn.choices);
        }
    }

    @ParameterizedTest(name = "-Dvotelog.seed={0}")
    @MethodSource("seeds")
    void shouldMakeABallotThatCanBePublished(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < FILES; n++) {
            PabulibFile file = PabulibReader.read(new DrawnFile(random).bytes);
            OptionIds ids = new OptionIds(file.projects());

            Map<String, Object> plain = PabulibBallot.of(file, "drawn", OPENS, OPENS.plusSeconds(60));

            Ballot ballot = ((Ballot.Definition.Valid) Ballot.propose(plain)).ballot();
            assertThat(ballot.optionCount()).isEqualTo(file.projects().size());
            Set<String> options = new HashSet<>();
            for (Project project : file.projects()) {
                assertThat(options.add(ids.of(project.id())))
                        .as("%s in %s", project, file.projects())
                        .isTrue();
                assertThat(ballot.optionIndex(ids.of(project.id())))
                        .as("%s", project)
                        .isNotNegative();
                if (project.id().matches("[A-Za-z0-9_-]{1,32}")) {
                    assertThat(ids.of(project.id())).isEqualTo(project.id());
                }
            }
            // A vote for nothing of the file names no option, though an option may have that id.
            for (String option : options) {
                if (file.projects().stream().noneMatch(project -> project.id().equals(option))) {
                    assertThat(ballot.optionIndex(ids.of(option))).isNegative();
                }
            }
            for (FileVote vote : file.votes()) {
                List<String> choices = vote.projects().stream().map(ids::of).toList();
                assertThat(ballot.check(choices).wellFormed()).isEqualTo(!choices.isEmpty());
            }
        }
    }

    @ParameterizedTest(name = "-Dvotelog.seed={0}")
    @MethodSource("seeds")
    void shouldReadOrRefuseAFileWithBytesThatWereChanged(long seed) {
        Random random = new Random(seed);
        byte[] alphabet = ";\"\n\r,MEA\u0000ż".getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int n = 0; n < FILES; n++) {
            byte[] whole = new DrawnFile(random).bytes;
            for (int k = 0; k < BREAKS; k++) {
                byte[] broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
                for (int changes = random.nextInt(3); changes > 0; changes--) {
                    broken[random.nextInt(broken.length)] = alphabet[random.nextInt(alphabet.length)];
                }
                try {
                    PabulibFile read = PabulibReader.read(broken);
                    assertThat(read.projects()).isNotEmpty();
                } catch (PabulibException e) {
                    assertThat(e)
                            .hasMessageMatching(
                                    "(?s)(line \\d+, (column|byte) \\d+: |the file has no part |META has no ).*");
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }
}
