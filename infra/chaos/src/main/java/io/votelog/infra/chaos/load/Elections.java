// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.load;

import io.votelog.infra.system.BallotPublisher;
import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.SystemException;
import io.votelog.rules.Ballot;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ballots of a run: one that is open all the time, and short ones that are published, voted on and ended while the system is broken, in
 * turn by an early close and by their time. Safe for use by many threads.
 */
public final class Elections {
    /** The ballot that is open all the time. */
    public static final String MAIN = "chaos-main";

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration BETWEEN = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofSeconds(35);
    private static final Duration STILL_VOTED_ON = Duration.ofSeconds(3);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final int MAIN_PERCENT = 75;
    private static final JsonMapper JSON = new JsonMapper();

    private final Gateways gateways;
    private final Random random;
    private final Ballot main;
    private final List<Ballot> known = new CopyOnWriteArrayList<>();
    private final List<Ballot> open = new CopyOnWriteArrayList<>();
    private final List<String> unpublished = new CopyOnWriteArrayList<>();
    private final Thread life = new Thread(this::live, "elections");
    private volatile boolean finishing;

    public Elections(Gateways gateways, Random random) {
        this.gateways = gateways;
        this.random = random;
        this.main = ballot(MAIN, Duration.ofDays(1));
    }

    /** Publishes the ballot that is open all the time; returns when every gateway takes votes for it. */
    public void begin() throws InterruptedException {
        publish(main);
        life.setDaemon(true);
        life.start();
    }

    /** Publishes the ballot that is open all the time, and no other. */
    public Ballot publishMain() throws InterruptedException {
        publish(main);
        return main;
    }

    /** Every ballot that was published, or was to be. */
    public List<Ballot> known() {
        return List.copyOf(known);
    }

    /** Why ballots were not published that were to be. */
    public List<String> unpublished() {
        return List.copyOf(unpublished);
    }

    /** A ballot that a voter votes on. */
    public Ballot draw(Random ofVoter) {
        List<Ballot> shortOnes = List.copyOf(open);
        return shortOnes.isEmpty() || ofVoter.nextInt(100) < MAIN_PERCENT
                ? main
                : shortOnes.get(ofVoter.nextInt(shortOnes.size()));
    }

    /** Ends all ballots, and returns when that is certain; says whether it is. Nobody may vote any more. */
    public boolean finish() throws InterruptedException {
        finishing = true;
        life.join(PATIENCE.toMillis());
        return !life.isAlive() && close(MAIN);
    }

    private void live() {
        try {
            for (int number = 1; !finishing; number++) {
                pauseUnlessFinishing(BETWEEN);
                if (!finishing) {
                    if (number % 2 == 1) {
                        closeEarly("chaos-closed-" + number);
                    } else {
                        endByTime("chaos-ended-" + number);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeEarly(String id) throws InterruptedException {
        Ballot ballot = ballot(id, Duration.ofDays(1));
        if (publish(ballot)) {
            open.add(ballot);
            pauseUnlessFinishing(SHORT);
            if (!close(id)) {
                unpublished.add("%s could not be closed".formatted(id));
            }
            pauseUnlessFinishing(STILL_VOTED_ON);
            open.remove(ballot);
        }
    }

    private void endByTime(String id) throws InterruptedException {
        Ballot ballot = ballot(id, SHORT);
        if (publish(ballot)) {
            open.add(ballot);
        }
        // Whoever counts waits for its end, published late or not.
        Thread.sleep(
                Math.max(0, Duration.between(Instant.now(), ballot.closesAt()).toMillis()));
        pauseUnlessFinishing(STILL_VOTED_ON);
        open.remove(ballot);
    }

    private void pauseUnlessFinishing(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        while (!finishing && System.nanoTime() - end < 0) {
            Thread.sleep(100);
        }
    }

    private boolean publish(Ballot ballot) throws InterruptedException {
        List<URI> shuffled = new ArrayList<>(gateways.urls());
        Collections.shuffle(shuffled, random);
        known.add(ballot);
        BallotPublisher publisher = new BallotPublisher(
                gateways.http(),
                shuffled,
                () -> gateways.token("chaos-organiser", Gateways.ORGANISER),
                PATIENCE,
                () -> {});
        try {
            publisher.publish(new BallotSource(
                    ballot, JSON.writeValueAsBytes(ballot.toPlain()), "application/json", true, List.of()));
            return true;
        } catch (BallotPublisher.Refused e) {
            // A gateway that was away or whose clock is ahead gets to hear of a short ballot when it is over.
            if (!e.isOver()) {
                unpublished.add("%s: %s".formatted(ballot.id(), e.line()));
            }
            return false;
        } catch (SystemException e) {
            unpublished.add("%s: %s".formatted(ballot.id(), e.line()));
            return false;
        }
    }

    private boolean close(String id) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int gateway = random.nextInt(gateways.count());
        while (!gateways.close(gateway, id)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            gateway = (gateway + 1) % gateways.count();
            Thread.sleep(RETRY.toMillis());
        }
        return true;
    }

    /** Two sections, each of which must be picked from; the first allows fewer picks than it has options. */
    private static Ballot ballot(String id, Duration length) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Map<String, Object> plain = Map.of(
                "ballotId",
                id,
                "title",
                "A ballot of infra/chaos: " + id,
                "window",
                Map.of(
                        // Clocks may be minutes behind.
                        "opensAt", now.minus(Duration.ofHours(1)).toString(),
                        "closesAt", now.plus(length).toString()),
                "picks",
                Map.of("min", 2, "max", 6),
                "sections",
                List.of(section("a", 4, 3), section("b", 5, 5)));
        if (!(Ballot.parse(plain) instanceof Ballot.Definition.Valid valid)) {
            throw new IllegalStateException("the ballot of infra/chaos is none");
        }
        return valid.ballot();
    }

    private static Map<String, Object> section(String id, int options, int most) {
        return Map.of(
                "id",
                id,
                "title",
                "Section " + id,
                "picks",
                Map.of("min", 1, "max", most),
                "options",
                IntStream.rangeClosed(1, options)
                        .mapToObj(number -> Map.of("id", id + number, "title", "Option " + id + number))
                        .toList());
    }
}
