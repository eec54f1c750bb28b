// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.chaos.load.Mark;
import io.votelog.infra.chaos.load.Pulse;
import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Pauses;
import io.votelog.infra.chaos.system.Scene;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Strikes with one fault after the other, and waits each time until the system has got over it and is whole. Kinds come in an order that is
 * drawn, all of them before any comes again.
 */
public final class Striker {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long LOOK_EVERY_MS = 20;

    private final Scene scene;
    private final Pulse pulse;
    private final List<Fault> kinds;
    private final Random random;
    private final PrintStream out;
    private final long beganNs = System.nanoTime();
    private final List<Fault> deck = new ArrayList<>();
    private final List<Struck> struck = new ArrayList<>();

    /** @param kinds those that may be drawn, at least one */
    public Striker(Scene scene, Pulse pulse, List<Fault> kinds, Random random, PrintStream out) {
        this.scene = scene;
        this.pulse = pulse;
        this.kinds = List.copyOf(kinds);
        this.random = random;
        this.out = out;
    }

    /** Strikes until the time is up; a fault that has begun is got over first. */
    public void strikeFor(Duration length) {
        while (secondsOfRun() < length.toMillis() / 1e3) {
            strikeOnce();
        }
    }

    /** Strikes so often with each kind. */
    public void strikeEach(int times) {
        for (int strikes = times * kinds.size(); strikes > 0; strikes--) {
            strikeOnce();
        }
    }

    private void strikeOnce() {
        Struck next = strike(draw());
        struck.add(next);
        out.printf(
                Locale.ROOT,
                "%7.1f s  %-18s %-24s %s%n",
                next.atSeconds(),
                next.fault(),
                next.whom(),
                next.trouble().isEmpty()
                        ? "recovered in %.1f s"
                                .formatted(next.recoveredSeconds().orElse(-1))
                        : next.trouble());
        Pauses.sleep(Blow.seconds(random, 1, 4));
    }

    /** What has happened, in order. */
    public List<Struck> struck() {
        return List.copyOf(struck);
    }

    private Fault draw() {
        if (deck.isEmpty()) {
            deck.addAll(kinds);
            Collections.shuffle(deck, random);
        }
        return deck.remove(0);
    }

    private Struck strike(Fault fault) {
        double at = secondsOfRun();
        List<ChildJvm> dead = scene.dead();
        if (!dead.isEmpty()) {
            return new Struck(fault.name(), "nobody", at, OptionalDouble.empty(), "not struck: " + died(dead));
        }
        Random own = new Random(random.nextLong());
        Mark mark = pulse.mark();
        String whom = "nobody";
        try {
            Blow blow = fault.strike(scene, own);
            whom = blow.whom();
            CompletableFuture<OptionalDouble> watch;
            if (blow.since() == Blow.Since.STRIKE) {
                watch = watch(mark, blow.recovered());
                Pauses.sleep(blow.lasts());
            } else {
                Pauses.sleep(blow.lasts());
                pulse.done(mark);
                mark = pulse.mark();
                watch = watch(mark, blow.recovered());
            }
            blow.heal().run();
            OptionalDouble seconds = watch.join();
            boolean whole = Pauses.until(LIMIT, scene::isWhole);
            return new Struck(fault.name(), whom, at, seconds, trouble(mark, seconds, whole));
        } catch (ChaosException e) {
            throw e;
        } catch (RuntimeException e) {
            return new Struck(fault.name(), whom, at, OptionalDouble.empty(), String.valueOf(e.getMessage()));
        } finally {
            pulse.done(mark);
        }
    }

    private String trouble(Mark mark, OptionalDouble seconds, boolean whole) {
        if (seconds.isEmpty()) {
            return "not recovered in %d s: %s".formatted(LIMIT.toSeconds(), mark);
        }
        if (!whole) {
            return scene.dead().isEmpty()
                    ? "not all parts are ready after %d s".formatted(LIMIT.toSeconds())
                    : died(scene.dead());
        }
        return "";
    }

    private static String died(List<ChildJvm> dead) {
        return dead.stream()
                .map(child -> "%s died (exit code %s)"
                        .formatted(
                                child.name(),
                                child.exitCode().isPresent() ? child.exitCode().getAsInt() : "unknown"))
                .collect(Collectors.joining("; "));
    }

    private CompletableFuture<OptionalDouble> watch(Mark mark, Predicate<Mark> recovered) {
        return CompletableFuture.supplyAsync(() -> {
            while (System.nanoTime() - mark.sinceNs() < LIMIT.toNanos()) {
                if (recovered.test(mark)) {
                    return OptionalDouble.of((System.nanoTime() - mark.sinceNs()) / 1e9);
                }
                Pauses.sleep(Duration.ofMillis(LOOK_EVERY_MS));
            }
            return OptionalDouble.empty();
        });
    }

    private double secondsOfRun() {
        return (System.nanoTime() - beganNs) / 1e9;
    }
}
