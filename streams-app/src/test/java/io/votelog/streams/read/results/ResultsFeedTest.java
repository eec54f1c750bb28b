// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.events.BallotStage;
import io.votelog.events.BallotStatus;
import io.votelog.events.PepperFingerprint;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.topology.BallotsStoreProcessor;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.json.JsonMapper;

final class ResultsFeedTest {
    private static final BallotDefinition BALLOT = Documents.ballot("live");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ResultsBoard board = new ResultsBoard();
    private final Map<String, byte[]> rows = new HashMap<>();
    private final InstantSource now = () -> Instant.ofEpochMilli(time.now(TimeUnit.MILLISECONDS));
    private final Clock clock = now.withZone(ZoneOffset.UTC);
    private final ResultsFeed feed = new ResultsFeed(
            new LiveResults(
                    new Ballots(rows::get, () -> List.copyOf(rows.keySet())),
                    board,
                    JsonMapper.builder().build(),
                    clock,
                    time),
            time);
    private final Reader reader = new Reader(Long.MAX_VALUE);

    /** Keeps what it gets, and requests as many elements as the test says. */
    private static final class Reader extends BaseSubscriber<ResultsView> {
        private final List<ResultsView> seen = new ArrayList<>();
        private final long demand;
        private boolean ended;

        Reader(long demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        protected void hookOnNext(ResultsView view) {
            seen.add(view);
        }

        @Override
        protected void hookOnComplete() {
            ended = true;
        }

        List<Long> versions() {
            return seen.stream().map(ResultsView::version).toList();
        }
    }

    @BeforeEach
    void publish() {
        KeyPair keys = LogSigner.newKeyPair();
        LogSigner signer = LogSigner.of(LogSigner.privateKeyText(keys), LogKeys.publicKeyText(keys.getPublic()));
        rows.put(
                BallotsStoreProcessor.definitionKey("golden"),
                signer.published(BALLOT, LogSigner.CLAIM, 2, List.of(1L), new PepperFingerprint(new byte[8])));
        rows.put(
                BallotsStoreProcessor.readyKey("golden"),
                signer.ready("golden", BALLOT.digest(), BallotStage.PUBLISHED));
        time.advanceTimeTo(BALLOT.ballot().opensAt().plusSeconds(60));
    }

    @Test
    void shouldShowTheFirstAtOnceAndThenTheNewestOfEachGap() {
        feed.of("golden", EventId.NONE).subscribe(reader);
        settle();
        assertThat(reader.versions()).containsExactly(0L);

        for (long version = 1; version <= 9; version++) {
            post(version, BallotStatus.OPEN);
            time.advanceTimeBy(Duration.ofMillis(10));
        }
        assertThat(reader.versions()).containsExactly(0L);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.versions()).containsExactly(0L, 9L);

        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(reader.versions()).containsExactly(0L, 9L);
        post(10, BallotStatus.OPEN);
        settle();
        assertThat(reader.versions()).containsExactly(0L, 9L, 10L);
    }

    @Test
    void shouldStayBelowFourASecondWhateverComes() {
        feed.of("golden", EventId.NONE).subscribe(reader);
        for (long version = 1; version <= 1000; version++) {
            post(version, BallotStatus.OPEN);
            time.advanceTimeBy(Duration.ofMillis(10));
        }
        assertThat(reader.seen).hasSizeBetween(39, 41);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.versions()).endsWith(1000L).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void shouldEndBehindTheFinalResults() {
        feed.of("golden", EventId.NONE).subscribe(reader);
        post(5, BallotStatus.OPEN);
        time.advanceTimeBy(ResultsFeed.GAP);
        post(6, BallotStatus.FINAL);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.ended).isTrue();
        assertThat(reader.versions()).endsWith(6L);

        Reader late = new Reader(Long.MAX_VALUE);
        feed.of("golden", EventId.NONE).subscribe(late);
        settle();
        assertThat(late.versions()).containsExactly(6L);
        assertThat(late.ended).isTrue();
    }

    @Test
    void shouldShowNothingOlderThanWhatAReaderHasSeen() {
        post(5, BallotStatus.OPEN);
        feed.of("golden", new EventId(7, 0)).subscribe(reader);
        settle();
        assertThat(reader.seen).isEmpty();
        post(6, BallotStatus.OPEN);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.seen).isEmpty();
        post(8, BallotStatus.OPEN);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.versions()).containsExactly(8L);
    }

    @Test
    void shouldWriteADocumentOnceForAllReadersAndKeepTheNewestAloneForASlowOne() {
        Reader slow = new Reader(1);
        feed.of("golden", EventId.NONE).subscribe(reader);
        feed.of("golden", EventId.NONE).subscribe(slow);
        for (long version = 1; version <= 5; version++) {
            post(version, BallotStatus.OPEN);
            time.advanceTimeBy(ResultsFeed.GAP);
        }
        assertThat(slow.seen).hasSize(1);
        slow.request(10);
        assertThat(slow.versions()).hasSize(2).endsWith(5L);
        assertThat(slow.seen.get(1)).isSameAs(reader.seen.get(reader.seen.size() - 1));
    }

    @Test
    void shouldShowOnceThatResultsStandStillAndOnceThatTheyGoOn() {
        feed.of("golden", EventId.NONE).subscribe(reader);
        post(5, BallotStatus.OPEN);
        time.advanceTimeBy(ResultsFeed.GAP);
        board.live(false);
        board.live(false);
        time.advanceTimeBy(Duration.ofSeconds(10));
        board.live(true);
        time.advanceTimeBy(ResultsFeed.GAP);
        assertThat(reader.versions()).containsExactly(0L, 5L, 5L, 5L);
        assertThat(reader.seen).extracting(view -> view.document().goesOn()).containsExactly(true, true, false, true);
    }

    @Test
    void shouldShowWhenTheClockClosesTheBallot() {
        feed.of("golden", EventId.NONE).subscribe(reader);
        settle();
        time.advanceTimeTo(BALLOT.ballot().closesAt().plusMillis(5));
        assertThat(reader.seen)
                .extracting(view -> view.document().status())
                .containsExactly(BallotPhase.OPEN, BallotPhase.CLOSED);
    }

    private void post(long version, BallotStatus status) {
        board.post(Documents.results(BALLOT, status, version, null));
    }

    private void settle() {
        time.advanceTimeBy(Duration.ofMillis(1));
    }
}
