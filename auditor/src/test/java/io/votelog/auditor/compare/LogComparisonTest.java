// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.TestLog;
import io.votelog.auditor.compare.Comparison.Difference;
import io.votelog.auditor.compare.Comparison.Relation;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.source.OffsetRange;
import io.votelog.events.VoteCast;
import io.votelog.schemas.Events;
import io.votelog.schemas.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LogComparisonTest {
    private final TestLog a = log();
    private final TestLog b = log();

    /** Twenty voters, each with a vote of their own, in both partitions. */
    private static TestLog log() {
        TestLog log = new TestLog().publish(TestLog.fruits());
        for (int voter = 0; voter < 20; voter++) {
            log.vote(voter, voter, voter % 2 == 0 ? "a1" : "a2", "b1");
        }
        return log;
    }

    private Comparison compare() {
        return new LogComparison(a, b, TestLog.keys(), new Progress(System.err, false)).run();
    }

    @Test
    void shouldFindTheSameLogTheSame() {
        Comparison comparison = compare();
        assertThat(comparison.relation()).isEqualTo(Relation.SAME);
        assertThat(comparison.exitCode()).isZero();
        assertThat(comparison.first()).isNull();
        assertThat(comparison.ballots()).hasSize(1);
        assertThat(comparison.ballots().get(0).a())
                .isEqualTo(comparison.ballots().get(0).b());
    }

    @Test
    void shouldSayWhichIsTheBeginningOfWhich() {
        b.vote(30, 30, "a3", "b2");
        Comparison comparison = compare();
        assertThat(comparison.relation()).isEqualTo(Relation.A_IN_B);
        assertThat(comparison.exitCode()).isEqualTo(3);
        assertThat(comparison.first()).isNull();
        assertThat(comparison.ballots().get(0).a().votes()).containsEntry("a3", 0L);
        assertThat(comparison.ballots().get(0).b().votes()).containsEntry("a3", 1L);
        assertThat(new LogComparison(b, a, TestLog.keys(), new Progress(System.err, false))
                        .run()
                        .relation())
                .isEqualTo(Relation.B_IN_A);
    }

    @Test
    void shouldSayWhenEachGoesOnWhereTheOtherEnds() {
        a.records(Topics.VOTES, 0).remove(a.records(Topics.VOTES, 0).size() - 1);
        b.records(Topics.VOTES, 1).remove(b.records(Topics.VOTES, 1).size() - 1);
        assertThat(compare().relation()).isEqualTo(Relation.SAME_WHERE_BOTH_REACH);
    }

    @Test
    void shouldNameOtherChoicesAndWhatTheyComeTo() throws Exception {
        b.change(1, 3, vote -> choices(vote, "a3", "b1"));
        Comparison comparison = compare();
        assertThat(comparison.relation()).isEqualTo(Relation.DIFFERENT);
        assertThat(comparison.exitCode()).isEqualTo(1);
        assertThat(comparison.first().topic()).isEqualTo(Topics.VOTES.name());
        assertThat(comparison.first().partition()).isEqualTo(1);
        assertThat(comparison.first().offset()).isEqualTo(3);
        assertThat(comparison.first().what()).isEqualTo("other choices");
        assertThat(comparison.first().inB()).isEqualTo("a vote on fruits for a3, b1: ACCEPTED");
        assertThat(comparison.ballots().get(0).a().votes()).containsEntry("a3", 0L);
        assertThat(comparison.ballots().get(0).b().votes()).containsEntry("a3", 1L);
    }

    @Test
    void shouldNameTheFirstDifferenceByTheBrokersTime() throws Exception {
        b.change(0, 5, vote -> choices(vote, "a3", "b1"));
        b.change(1, 2, vote -> choices(vote, "a1", "a1"));
        Difference first = compare().first();
        long inOne = a.records(Topics.VOTES, 0).get(5).timestamp();
        long inOther = a.records(Topics.VOTES, 1).get(2).timestamp();
        assertThat(first.partition()).isEqualTo(inOne < inOther ? 0 : 1);
        assertThat(first.recordedAt().toEpochMilli()).isEqualTo(Math.min(inOne, inOther));
    }

    @Test
    void shouldNameARecordThatIsMissing() {
        b.records(Topics.VOTES, 0).remove(4);
        Comparison comparison = compare();
        assertThat(comparison.first().offset()).isEqualTo(4);
        assertThat(comparison.first().what()).isEqualTo("missing in B");
        assertThat(comparison.first().inB()).isEqualTo("nothing");
        assertThat(comparison.partitions())
                .filteredOn(partition -> partition.differing() > 0)
                .singleElement()
                .matches(partition -> partition.differing() == 1);
    }

    @Test
    void shouldNameARecordOfAnotherTimeAndOneOfAnotherVoter() {
        List<ConsumerRecord<byte[], byte[]>> votes = b.records(Topics.VOTES, 0);
        ConsumerRecord<byte[], byte[]> old = votes.get(3);
        votes.set(3, TestLog.record(Topics.VOTES, 0, 3, old.timestamp() + 1, old.key(), old.value()));
        assertThat(compare().first().what()).startsWith("another time (2021-12-05T00:0");
        votes.set(3, TestLog.record(Topics.VOTES, 0, 3, old.timestamp(), TestLog.voter(77), old.value()));
        assertThat(compare().first().what()).isEqualTo("another voter");
        votes.set(3, TestLog.record(Topics.VOTES, 0, 3, old.timestamp(), old.key(), new byte[] {1}));
        assertThat(compare().first().what()).isEqualTo("another value");
        assertThat(compare().first().inB()).isEqualTo("no event");
    }

    @Test
    void shouldNameAPartitionThatIsNotThereRecordByRecord() {
        int records = b.records(Topics.VOTES, 1).size();
        LogSource without = new DumpedFirstPartition(b);
        Comparison comparison = new LogComparison(a, without, TestLog.keys(), new Progress(System.err, false)).run();
        assertThat(comparison.first().what()).isEqualTo("missing in B");
        assertThat(comparison.partitions())
                .filteredOn(partition -> partition.differing() > 0)
                .singleElement()
                .matches(partition -> partition.partition() == 1 && partition.differing() == records);
    }

    private record DumpedFirstPartition(LogSource all) implements LogSource {
        @Override
        public String name() {
            return all.name();
        }

        @Override
        public List<OffsetRange> ranges(String topic) {
            return all.ranges(topic).subList(0, 1);
        }

        @Override
        public Records stored(OffsetRange range) {
            return all.stored(range);
        }

        @Override
        public void close() {
            all.close();
        }
    }

    private static VoteCast choices(VoteCast vote, String... choices) {
        return VoteCast.newBuilder(vote).setChoices(List.of(choices)).build();
    }

    @Test
    void shouldLookAtWhatWasPublishedToo() {
        ConsumerRecord<byte[], byte[]> claim = b.records(Topics.BALLOTS, 0).get(0);
        b.records(Topics.BALLOTS, 0)
                .set(
                        0,
                        TestLog.record(
                                Topics.BALLOTS,
                                0,
                                0,
                                claim.timestamp(),
                                null,
                                Events.encode(new VoteCast(
                                        TestLog.voteId(1), "x", List.of(), new io.votelog.events.Salt(new byte[32])))));
        assertThat(compare().first().what()).isEqualTo("another kind of event");
        assertThat(compare().first().topic()).isEqualTo(Topics.BALLOTS.name());
    }
}
