// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.infra.testing.Seeds;
import io.votelog.streams.ShownTotals;
import io.votelog.streams.read.board.Ballots;
import io.votelog.streams.read.board.ResultsBoard;
import io.votelog.streams.topology.DrawnResults;
import io.votelog.web.problem.ProblemException;
import java.io.File;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results that are drawn from a seed; instances that read them, each at its own pace, die and start over; and readers that move
 * between instances. What a reader is shown is in the log, never goes back, and ends with the newest results.
 */
final class ResultsReadersRandomizedTest {
    private static final int INSTANCES = 3;
    private static final int STEPS = 250;
    private static final String BALLOT_ID = DrawnResults.BALLOT_ID;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Clock CLOCK = Clock.fixed(DrawnResults.DURING, ZoneOffset.UTC);
    private static final ResultsSettings SETTINGS =
            new ResultsSettings(100, 0, Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(60));

    private static final Set<String> DRAWN = new HashSet<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected
    private static File stateDir;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final Ballots ballots = ballots();
    private final List<BallotResults> log = new ArrayList<>();
    private final Set<ShownTotals> logged = new HashSet<>();
    /** What was wrong; a subscriber's exception would reach Reactor and not the test. */
    private final List<String> faults = new ArrayList<>();

    static LongStream seeds() {
        return Seeds.upTo(100);
    }

    @AfterEach
    void resetTime() {
        VirtualTimeScheduler.reset();
    }

    @AfterAll
    static void shouldHaveDrawnWhatMatters() {
        assertThat(DRAWN)
                .contains(
                        "stream from an instance that is behind its reader",
                        "question to an instance that is behind its reader",
                        "no answer",
                        "death",
                        "late votes before the end",
                        "annulled while open",
                        "annulled after the end",
                        "answer with a newer revision of the same version",
                        "final",
                        "open");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldNeverGoBackNorShowWhatIsNotInTheLog(long seed) {
        Random random = new Random(seed);
        write(DrawnResults.draw(random, stateDir));
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            instances.add(new Instance());
        }
        List<Reader> readers = new ArrayList<>(
                List.of(new EventSource(), new EventSource(), new Poller(), new Poller(), new Page(), new Page()));

        for (int step = 0; step < STEPS; step++) {
            Instance instance = instances.get(random.nextInt(INSTANCES));
            Reader reader = readers.get(random.nextInt(readers.size()));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> instance.readOn(random.nextInt(8));
                case 3, 4, 5 -> reader.comeTo(instance);
                case 6 -> reader.leave();
                case 7 -> readers.add(reader.another());
                case 8 -> {
                    if (random.nextInt(3) == 0) {
                        instance.die(readers);
                    }
                }
                default -> {
                    // Time passes.
                }
            }
            time.advanceTimeBy(Duration.ofMillis(random.nextInt(400)));
            assertThat(faults).isEmpty();
        }

        instances.forEach(instance -> instance.readOn(log.size()));
        readers.forEach(reader -> reader.comeTo(instances.get(random.nextInt(INSTANCES))));
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(faults).isEmpty();
        ShownTotals newest = totals(log.get(log.size() - 1));
        assertThat(readers).allSatisfy(reader -> assertThat(reader.shown).isEqualTo(newest));
    }

    private void write(List<BallotResults> results) {
        log.addAll(results);
        log.forEach(one -> logged.add(totals(one)));
        // The totals that are shown before anything is counted.
        Map<String, Long> nothing = new TreeMap<>(Map.of("received", 0L, "accepted", 0L, "retried", 0L));
        nothing.putAll(Map.of("rejected", 0L, "annulled", 0L));
        DrawnResults.options().forEach(option -> nothing.put(option, 0L));
        logged.add(new ShownTotals(0, 0, 0, nothing));
        DRAWN.add(log.get(log.size() - 1).getStatus() == BallotStatus.FINAL ? "final" : "open");
        for (int at = 1; at < log.size(); at++) {
            if (log.get(at).getRevision() > log.get(at - 1).getRevision()) {
                DRAWN.add(
                        log.get(at - 1).getStatus() == BallotStatus.FINAL
                                ? "annulled after the end"
                                : "annulled while open");
            }
        }
        if (log.stream().anyMatch(one -> one.getLate() > 0 && one.getStatus() == BallotStatus.CLOSED)) {
            DRAWN.add("late votes before the end");
        }
    }

    private static ShownTotals totals(BallotResults results) {
        Map<String, Long> counts = new TreeMap<>();
        counts.put("received", results.getReceived());
        counts.put("accepted", results.getAccepted());
        counts.put("retried", results.getRetried());
        counts.put("annulled", results.getAnnulled());
        long rejected = 0;
        for (var reason : results.getRejected()) {
            counts.put(reason.getReason().name(), reason.getCount());
            rejected += reason.getCount();
        }
        counts.put("rejected", rejected);
        List<String> options = DrawnResults.options();
        for (int option = 0; option < options.size(); option++) {
            counts.put(options.get(option), results.getVotes().get(option));
        }
        return new ShownTotals(results.getRevision(), results.getVersion(), results.getLate(), counts);
    }

    private static Ballots ballots() {
        Map<String, byte[]> rows = DrawnResults.ballotRows();
        return new Ballots(rows::get, () -> List.copyOf(rows.keySet()));
    }

    /** An instance: one process after the other that holds the results and shows them. */
    private final class Instance {
        private int read;
        private ResultsBoard board = new ResultsBoard();
        private ResultsFeed feed = feed(live());
        private ResultsController controller = controller();

        void readOn(int count) {
            for (int i = 0; i < count && read < log.size(); i++) {
                board.post(log.get(read++));
            }
        }

        /** Ends the process: every connection breaks, and the next process reads the log from its start. */
        void die(List<Reader> readers) {
            DRAWN.add("death");
            readers.stream().filter(reader -> reader.at == this).forEach(Reader::leave);
            read = 0;
            board = new ResultsBoard();
            feed = feed(live());
            controller = controller();
        }

        boolean isBehind(Reader reader) {
            return reader.shown != null
                    && board.find(BALLOT_ID)
                            .map(results -> results.getVersion() < reader.shown.version()
                                    || results.getRevision() < reader.shown.revision())
                            .orElse(reader.shown.version() > 0);
        }

        private LiveResults live() {
            return new LiveResults(ballots, board, JSON, CLOCK, time);
        }

        private ResultsFeed feed(LiveResults live) {
            return new ResultsFeed(live, time);
        }

        private ResultsController controller() {
            return new ResultsController(
                    live(), feed, SETTINGS, new StreamEnd(), new ReaderLimit(SETTINGS, new SimpleMeterRegistry()));
        }
    }

    private abstract class Reader {
        @Nullable
        Instance at;

        @Nullable
        ShownTotals shown;

        private Disposable connection = Disposables.disposed();

        abstract Reader another();

        /** Leaves the present instance and moves to another one. */
        abstract void comeTo(Instance instance);

        final void leave() {
            connection.dispose();
            at = null;
        }

        final void stream(Instance instance, EventId seen) {
            leave();
            at = instance;
            if (instance.isBehind(this)) {
                DRAWN.add("stream from an instance that is behind its reader");
            }
            connection = instance.feed
                    .of(BALLOT_ID, seen)
                    .subscribe(view -> take(JSON.readTree(view.json().plain())));
        }

        final void ask(Instance instance, @Nullable String knownTag) {
            if (instance.isBehind(this)) {
                DRAWN.add("question to an instance that is behind its reader");
            }
            HttpHeaders request = new HttpHeaders();
            request.set(HttpHeaders.ACCEPT, "application/json");
            if (knownTag != null) {
                request.set(HttpHeaders.IF_NONE_MATCH, knownTag);
            }
            connection = instance.controller.results(BALLOT_ID, request).subscribe(this::answered, this::refused);
        }

        void answered(ResponseEntity<byte[]> answer) {
            if (answer.getBody() != null) {
                take(JSON.readTree(answer.getBody()));
            }
        }

        private void refused(Throwable failure) {
            if (failure instanceof ProblemException refused
                    && refused.problem().code().equals("behind")) {
                DRAWN.add("no answer");
            } else {
                faults.add(failure.toString());
            }
        }

        /** Shows the document unless the reader's own rule forbids it. */
        abstract void take(JsonNode document);

        final void show(ShownTotals next) {
            if (!logged.contains(next)) {
                faults.add("%s is shown, but the log has nothing like it".formatted(next));
            }
            if (shown != null && (next.isBehind(shown) || (!mayMissLate() && next.late() < shown.late()))) {
                faults.add(
                        "%s is shown to %s after %s".formatted(next, getClass().getSimpleName(), shown));
            }
            if (shown != null && next.version() == shown.version() && next.revision() > shown.revision()) {
                DRAWN.add("answer with a newer revision of the same version");
            }
            shown = next;
        }

        /**
         * Whether late votes may go back for a moment: they do not change the version, so a reader that says a version alone
         * may see that.
         */
        boolean mayMissLate() {
            return false;
        }
    }

    /** A plain client of the stream, which sends the id of the last event and shows everything that comes. */
    private final class EventSource extends Reader {
        @Override
        Reader another() {
            return new EventSource();
        }

        @Override
        void comeTo(Instance instance) {
            stream(instance, shown == null ? EventId.NONE : new EventId(shown.version(), shown.revision()));
        }

        @Override
        boolean mayMissLate() {
            return true;
        }

        @Override
        void take(JsonNode document) {
            show(ShownTotals.of(document));
        }
    }

    /** A client that asks again and again, sends the tag of the last answer, and shows everything that comes. */
    private final class Poller extends Reader {
        private @Nullable String tag;

        @Override
        Reader another() {
            return new Poller();
        }

        @Override
        void comeTo(Instance instance) {
            leave();
            at = instance;
            ask(instance, tag);
        }

        @Override
        void answered(ResponseEntity<byte[]> answer) {
            tag = answer.getHeaders().getETag();
            super.answered(answer);
        }

        @Override
        void take(JsonNode document) {
            show(ShownTotals.of(document));
        }
    }

    /** The page ({@code feed.js}), which does not say what it has seen, and ignores what is older. */
    private final class Page extends Reader {
        private static final List<String> STATUSES = List.of("scheduled", "open", "closed", "final");

        private int status;

        @Override
        Reader another() {
            return new Page();
        }

        @Override
        void comeTo(Instance instance) {
            stream(instance, EventId.NONE);
        }

        @Override
        void take(JsonNode document) {
            ShownTotals next = ShownTotals.of(document);
            int nextStatus = STATUSES.indexOf(document.path("status").asString());
            boolean older = shown != null
                    && (next.revision() < shown.revision()
                            || next.version() < shown.version()
                            || next.late() < shown.late()
                            || nextStatus < status);
            if (!older) {
                status = nextStatus;
                show(next);
            }
        }
    }
}
