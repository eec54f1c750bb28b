// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.count.Cutoff;
import io.votelog.auditor.count.PartitionReplay;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.count.VotesReader;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The audit shows each annulment, with the counts before and after it. */
class AnnulmentsTest {
    @Test
    void shouldShowTheCountsBeforeAndAfterEach() {
        TestLog log = new TestLog()
                .publish(TestLog.fruits())
                .vote(1, 1, "a1", "b1")
                .vote(2, 2, "a1", "b2")
                .vote(3, 3, "a1", "b1")
                .annul(TestLog.fruits(), 2, 2, "cast with a stolen sign-in")
                .annul(TestLog.fruits(), 2, 2, "the same again")
                .close(TestLog.fruits())
                .annul(TestLog.fruits(), 1, 1, "found later");
        Report report = new Report("made", "it is so", "it is not so");
        new Annulments(Tally.partitionBallots(
                        new VotesReader(log, 1, new Progress(System.err, false))
                                .read(
                                        log.ranges(io.votelog.schemas.Topics.VOTES.name()),
                                        range -> new PartitionReplay(
                                                range.partition(), TestLog.keys(), any -> Long.MAX_VALUE, Map.of()),
                                        Cutoff.none()),
                        "fruits"))
                .reportTo(report);

        assertThat(report.steps()).hasSize(1);
        Step step = report.steps().get(0);
        assertThat(step.outcome()).isEqualTo(Step.Outcome.PASS);
        assertThat(step.title()).isEqualTo("The annulments on fruits, before and after each");
        assertThat(step.detail().lines().map(line -> line.replaceAll("partition \\d, offset \\d+, \\S+,", "…")))
                .containsExactly(
                        "revision 1: … vote %s: cast with a stolen sign-in".formatted(TestLog.voteId(2)),
                        "  option a1 from 3 to 2, option b2 from 1 to 0",
                        "revision 2: … vote %s: found later".formatted(TestLog.voteId(1)),
                        "  option a1 from 2 to 1, option b1 from 2 to 1",
                        "1 annulment had no effect: no such vote was there, or it was annulled already");
    }
}
