// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PabulibReaderTest {
    private static final String META = "META\nkey;value\nvote_type;approval\n";
    private static final String PROJECTS = "PROJECTS\nproject_id;name;votes\n1;One;2\n2;Two;1\n";
    private static final String VOTES = "VOTES\nvoter_id;vote\na;1,2\nb;1\n";

    private static PabulibFile read(String text) {
        return PabulibReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static final PabulibFile PLAIN = read(META + PROJECTS + VOTES);

    @Test
    void shouldReadProjectsAndVotes() {
        assertThat(PLAIN.projects()).containsExactly(new Project("1", "One", 2L), new Project("2", "Two", 1L));
        assertThat(PLAIN.votes())
                .containsExactly(new FileVote(10, "a", List.of("1", "2")), new FileVote(11, "b", List.of("1")));
        assertThat(PLAIN.minPicks()).isEqualTo(1);
        assertThat(PLAIN.maxPicks()).isEqualTo(2);
        assertThat(PLAIN.notes()).isEmpty();
    }

    @Test
    void shouldReadTheSameFromAFileThatIsWrittenInAnotherWay() {
        String other = ("\uFEFFmeta;;\n\nvote_type; approval ;\n  \n\"PROJECTS\"\n"
                        + "Name;target;VOTES;project_id;cost\n\"One\";;2; 1 ;10\nTwo;x;1;2;20\n;;;;;\n"
                        + "VOTES\nvote;voting_method;voter_id\n\"1, 2\";internet;a\n1;paper;\"b\"\n\n")
                .replace("\n", "\r\n");

        PabulibFile read = read(other);

        assertThat(read.projects()).isEqualTo(PLAIN.projects());
        assertThat(read.votes()).extracting(FileVote::voter).containsExactly("a", "b");
        assertThat(read.votes()).extracting(FileVote::projects).containsExactly(List.of("1", "2"), List.of("1"));
        assertThat(read.notes()).isEmpty();
    }

    @Test
    void shouldReadLinesThatEndAsOnOldMacs() {
        assertThat(read((META + PROJECTS + VOTES).replace('\n', '\r'))).isEqualTo(PLAIN);
    }

    @Test
    void shouldTakeSemicolonsQuotesAndLineEndsInQuotes() {
        PabulibFile read =
                read(META + "PROJECTS\nproject_id;name\n1;\"a;b \"\"c\"\"\nd\"\n2;plain \"quoted\" words\n" + VOTES);

        assertThat(read.projects()).extracting(Project::name).containsExactly("a;b \"c\"\nd", "plain \"quoted\" words");
        assertThat(read.projects()).extracting(Project::votes).containsOnlyNulls();
        assertThat(read.votes().get(0).line()).isEqualTo(11);
    }

    @Test
    void shouldTakeChooseOneForAnApprovalOfAtMostOne() {
        PabulibFile read = read("META\nvote_type;choose-1\n" + PROJECTS + VOTES);

        assertThat(read.minPicks()).isEqualTo(1);
        assertThat(read.maxPicks()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheFilesOwnBoundsAsFarAsThereAreProjects() {
        PabulibFile read = read(META + "min_length;0\nmax_length;10\n" + PROJECTS + VOTES);

        assertThat(read.minPicks()).isEqualTo(1);
        assertThat(read.maxPicks()).isEqualTo(2);
    }

    @Test
    void shouldKeepVotesOfNoProject() {
        assertThat(read(META + PROJECTS + "VOTES\nvoter_id;vote\na;\nb\n").votes())
                .extracting(FileVote::projects)
                .containsExactly(List.of(), List.of());
    }

    @Test
    void shouldNoteWhatItPassesOver() {
        PabulibFile read = read(META + "num_projects;3\nnum_votes;2\nmax_sum_cost;500\n" + PROJECTS
                + "VOTES\nvoter_id;vote\na;1,9\na;2\n");

        assertThat(read.notes())
                .containsExactly(
                        "META says num_projects is 3, and the file has 2",
                        "max_sum_cost is 500: what projects cost is no rule of a ballot here, and no vote is refused for it",
                        "rows of voters who have a row above: 1 of 2; the first vote of a voter that the ballot takes counts",
                        "projects that votes name and PROJECTS does not have: 1, such as '9'; a gateway refuses those votes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ordinal    | vote_type is ordinal: its voters put projects in an order
                    cumulative | vote_type is cumulative: its voters share points out among projects
                    Scoring    | vote_type is scoring: its voters give each project a score
                    borda      | vote_type is 'borda', which the format does not have
                    """)
    void shouldRefuseByNameWhatIsNoApprovalVote(String type, String problem) {
        assertThatThrownBy(() -> read("META\nvote_type;" + type + "\n" + PROJECTS + VOTES))
                .isInstanceOf(PabulibException.class)
                .hasMessage(
                        "line 2, column 11: " + problem
                                + "; a vote here picks options that all count the same, so only approval and choose-1 can be read");
    }

    @Test
    void shouldSayWhereAFileIsWrongAndWhatWouldBeRight() {
        refused("", "the file has no part META; it is begun by a line with that name alone");
        refused("project_id;name\n", "line 1, column 1: META is needed here");
        refused(META + PROJECTS, "the file has no part VOTES");
        refused(META + PROJECTS + VOTES + META, "line 12, column 1: a second part META; the first is in line 1");
        refused("META\nkey;value\n" + PROJECTS + VOTES, "META has no vote_type; approval or choose-1 can be read");
        refused(META + "description;a;b\n", "line 4, column 15: META has a key and a value in a row");
        refused(META + "unit;a\nUnit;b\n", "line 5, column 1: META has 'unit' twice");
        refused(META + "min_length;few\n" + PROJECTS + VOTES, "line 4, column 12: min_length is 'few'; a whole number");
        refused(
                META + "min_length;3\n" + PROJECTS + VOTES,
                "line 4, column 12: votes are to have 3 projects or more, and there are 2");
        refused(
                META + "min_length;2\nmax_length;1\n" + PROJECTS + VOTES,
                "line 5, column 12: votes are to have at least 2 projects and at most 1");
        refused(
                "META\nvote_type;choose-1\nmax_length;2\n" + PROJECTS + VOTES,
                "line 3, column 12: vote_type is choose-1");
        refused(
                META + "PROJECTS\nid;name\n1;One\n" + VOTES,
                "line 5, column 1: PROJECTS has no column project_id; it has id, name");
        refused(META + "PROJECTS\nproject_id;name;name\n" + VOTES, "line 5, column 17: PROJECTS has two columns name");
        refused(
                META + "PROJECTS\nproject_id;name\n1;One; two\n" + VOTES,
                "line 6, column 7: this row has 3 values, and PROJECTS has 2 columns");
        refused(
                META + "PROJECTS\nproject_id;votes\n1;2.5\n" + VOTES,
                "line 6, column 3: votes is '2.5'; a whole number is needed");
        refused(
                META + "PROJECTS\nproject_id;votes\n1;2\n1;3\n" + VOTES,
                "line 7, column 1: a second project '1'; the first is in line 6");
        refused(
                META + "PROJECTS\nproject_id;votes\n\"1,2\";2\n" + VOTES,
                "line 6, column 1: a project's id must have no comma");
        refused(
                META + "PROJECTS\nproject_id;votes\n;2\n" + VOTES,
                "line 6, column 1: this row of PROJECTS has no project_id");
        refused(
                META + "PROJECTS\nproject_id;votes\n" + VOTES,
                "line 4, column 1: PROJECTS has a row of names and no project");
        refused(
                META + PROJECTS + "VOTES\nvoter_id;choice\na;1\n",
                "line 9, column 1: VOTES has no column vote; it has voter_id, choice");
        refused(
                META + PROJECTS + "VOTES\nvoter_id;vote\na;1,,2\n",
                "line 10, column 3: the vote '1,,2' has nothing beside a comma");
        refused(
                META + PROJECTS + "VOTES\nage;voter_id;vote\n30;;1\n",
                "line 10, column 4: this row of VOTES has no voter_id");
        refused(
                META + "PROJECTS\nproject_id;name\n1;\"One\n2;Two\n" + VOTES,
                "line 6, column 3: the quote that begins this value is closed nowhere");
        refused(
                META + "PROJECTS\nproject_id;name\n1;\"One\" and\n",
                "line 6, column 9: a value goes on behind its closing quote");
    }

    private static void refused(String text, String problem) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(PabulibException.class)
                .hasMessageStartingWith(problem);
    }

    @Test
    void shouldSayWhereBytesAreNoText() {
        byte[] bytes = (META + "unit;Zażółć\n" + PROJECTS + VOTES).getBytes(Charset.forName("ISO-8859-2"));

        assertThatThrownBy(() -> PabulibReader.read(bytes))
                .isInstanceOf(PabulibException.class)
                .hasMessage("line 4, byte 8: the file is not in UTF-8; save it in that encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"META", "META;\n", "META\nMETA", "\uFEFF", ";", "\"", "META\n\"\"\"", "VOTES\nPROJECTS\nMETA\n"})
    void shouldRefuseBeginningsOfFiles(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(PabulibException.class);
    }
}
