// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ViolationsTest {
    private static final Ballot BALLOT = BallotFiles.ballot(BallotFiles.gzCustoms2021());

    @Test
    void shouldNameEveryRuleBrokenInOrderOfPrecedence() {
        List<String> choices = List.of("99", "1", "99");
        assertThat(BALLOT.check(choices).broken())
                .containsExactly(Reason.UNKNOWN_OPTION, Reason.REPEATED_OPTION, Reason.SECTION_TOO_FEW);
        assertThat(BALLOT.violations(choices))
                .containsExactly(
                        new Violation(Reason.UNKNOWN_OPTION, "options \"99\", \"1\" are not on the ballot"),
                        new Violation(
                                Reason.REPEATED_OPTION,
                                "option \"99\" is picked more than once; an option can be picked once"),
                        new Violation(Reason.SECTION_TOO_FEW, "section A: 0 options are picked; at least 1 is needed"),
                        new Violation(Reason.SECTION_TOO_FEW, "section B: 0 options are picked; at least 1 is needed"));
    }

    @Test
    void shouldSayOfAnEmptyVoteOnlyThatItIsEmpty() {
        assertThat(BALLOT.violations(List.of()))
                .containsExactly(new Violation(Reason.NO_CHOICE, "no option is picked; at least 2 are needed"));
        assertThat(BALLOT.check(List.of()).first()).isEqualTo(Reason.NO_CHOICE);
        assertThat(BALLOT.check(List.of()).picks()).isEqualTo(Picks.of());
    }

    @Test
    void shouldSayNothingOfAGoodVote() {
        Form form = BALLOT.check(List.of("01", "23"));
        assertThat(form.wellFormed()).isTrue();
        assertThat(form.picks()).isEqualTo(Picks.of(0, 22));
        assertThat(BALLOT.violations(List.of("01", "23"))).isEmpty();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(form::first);
    }

    @Test
    void shouldCountOverAllWhatWasSentAndInASectionWhatItKnows() {
        assertThat(BALLOT.violations(List.of("01", "01")))
                .contains(new Violation(Reason.TOO_FEW_PICKS, "1 option is picked; at least 2 are needed"));
        assertThat(BALLOT.violations(List.of("01", "no")))
                .extracting(Violation::code)
                .containsExactly(Reason.UNKNOWN_OPTION, Reason.SECTION_TOO_FEW);
    }

    @Test
    void shouldNameEachSectionThatIsTooFull() {
        Ballot ballot = BallotFiles.ballot(BallotFiles.map(
                "ballotId",
                "two-each",
                "title",
                "At most one of A, at most two of B",
                "window",
                BallotFiles.map("opensAt", "2030-01-01T00:00:00Z", "closesAt", "2030-01-02T00:00:00Z"),
                "sections",
                BallotFiles.list(
                        BallotFiles.section("A", "A", BallotFiles.map("max", 1), BallotFiles.options(1, 3)),
                        BallotFiles.section("B", "B", BallotFiles.map("max", 2), BallotFiles.options(4, 6)))));
        assertThat(ballot.violations(List.of("01", "02", "04", "05", "06")))
                .containsExactly(
                        new Violation(Reason.SECTION_TOO_MANY, "section A: 2 options are picked; at most 1 is allowed"),
                        new Violation(
                                Reason.SECTION_TOO_MANY, "section B: 3 options are picked; at most 2 are allowed"));
    }

    @Test
    void shouldNotLetAClientMakeTheAnswerLongOrUnprintable() {
        List<String> many = IntStream.range(0, 4000)
                .mapToObj(i -> "\u0007" + i + "x".repeat(500))
                .toList();
        Violation unknown = BALLOT.violations(many).get(0);
        assertThat(unknown.code()).isEqualTo(Reason.UNKNOWN_OPTION);
        assertThat(unknown.detail())
                .hasSizeLessThan(1000)
                .doesNotContain("\u0007")
                .startsWith("options \"U+00070xxx")
                .endsWith(" and 3990 more are not on the ballot");
        assertThat(BALLOT.violations(many).get(1))
                .isEqualTo(new Violation(Reason.TOO_MANY_PICKS, "4000 options are picked; at most 10 are allowed"));
    }
}
