// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.PublishedLog;
import io.votelog.auditor.TestLog;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Step;
import io.votelog.auditor.source.CountedOffsets;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.MergedOffsets;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Results of a log that is being counted while it is audited. */
class LagCheckTest {
    private static final BallotDefinition FRUITS = TestLog.fruits();

    /** A log that is counted meanwhile: the newest results come when results are read for the third time. */
    private static final class Counting implements LogSource {
        private final TestLog log;
        private final TestLog later;
        private int read;

        Counting(TestLog log, TestLog later) {
            this.log = log;
            this.later = later;
        }

        private TestLog now() {
            return read < 3 ? log : later;
        }

        @Override
        public String name() {
            return log.name();
        }

        @Override
        public List<OffsetRange> ranges(String topic) {
            read += topic.equals(Topics.RESULTS.name()) ? 1 : 0;
            return now().ranges(topic);
        }

        @Override
        public Records stored(OffsetRange range) {
            return now().stored(range);
        }

        @Override
        public Optional<CountedOffsets> counted(String group) {
            return later.counted(group);
        }

        @Override
        public Optional<MergedOffsets> merged(String group) {
            return later.merged(group);
        }

        @Override
        public boolean grows() {
            return true;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private static TestLog log() {
        TestLog log = new TestLog().publish(FRUITS);
        for (int voter = 0; voter < 10; voter++) {
            log.vote(voter, voter, "a1", "b1");
        }
        return log.annul(FRUITS, 4, 4, "cast with a stolen sign-in").close(FRUITS);
    }

    @Test
    void shouldGiveResultsTheTimeThatTheyTake() {
        TestLog later = PublishedLog.of(log(), 2);
        TestLog log = PublishedLog.of(log(), 2);
        for (int partition = 0; partition < TestLog.PARTITIONS; partition++) {
            var results = log.records(Topics.RESULTS, partition);
            if (!results.isEmpty()) {
                results.remove(results.size() - 1);
            }
        }
        Report report = new Replay(
                        new Counting(log, later),
                        TestLog.keys(),
                        Set.of(),
                        1,
                        new Replay.Terms(CountedOffsets.GROUP, false, Duration.ofMinutes(5)),
                        new Progress(System.err, false))
                .run();
        assertThat(report.steps()).allMatch(step -> step.outcome() == Step.Outcome.PASS);
        assertThat(report.steps())
                .filteredOn(step -> step.title().equals(LagCheck.title("fruits")))
                .extracting(Step::detail)
                .allMatch(detail -> detail.endsWith("newer results have what was counted of them"));
    }
}
