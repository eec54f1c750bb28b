// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.MadeLog;
import io.votelog.auditor.count.Cut;
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
        MadeLog log = new MadeLog()
                .publish(MadeLog.fruits())
                .vote(1, 1, "a1", "b1")
                .vote(2, 2, "a1", "b2")
                .vote(3, 3, "a1", "b1")
                .annul(MadeLog.fruits(), 2, 2, "cast with a stolen sign-in")
                .annul(MadeLog.fruits(), 2, 2, "the same again")
                .close(MadeLog.fruits())
                .annul(MadeLog.fruits(), 1, 1, "found later");
        Report report = new Report("made", "it is so", "it is not so");
        new Annulments(Tally.standing(
                        new VotesReader(log, 1, new Progress(System.err, false))
                                .read(
                                        log.spans(io.votelog.schemas.Topics.VOTES.name()),
                                        span -> new PartitionReplay(
                                                span.partition(), MadeLog.keys(), any -> Long.MAX_VALUE, Map.of()),
                                        Cut.none()),
                        "fruits"))
                .tell(report);

        assertThat(report.steps()).hasSize(1);
        Step step = report.steps().get(0);
        assertThat(step.outcome()).isEqualTo(Step.Outcome.PASS);
        assertThat(step.title()).isEqualTo("The annulments on fruits, before and after each");
        assertThat(step.detail().lines().map(line -> line.replaceAll("partition \\d, offset \\d+, \\S+,", "…")))
                .containsExactly(
                        "revision 1: … vote %s: cast with a stolen sign-in".formatted(MadeLog.voteId(2)),
                        "  option a1 from 3 to 2, option b2 from 1 to 0",
                        "revision 2: … vote %s: found later".formatted(MadeLog.voteId(1)),
                        "  option a1 from 2 to 1, option b1 from 2 to 1",
                        "1 annulment had no effect: no such vote was there, or it was annulled already");
    }
}
