// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees on standard output. On a terminal, progress is one line that is written over; elsewhere, each step is a
 * line when it is done.
 */
final class Display implements AutoCloseable {
    private static final Duration REMINDER = Duration.ofSeconds(30);

    private final PrintStream out;
    private final boolean terminal;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "display");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Long> begunNs = new LinkedHashMap<>();
    private final Map<String, String> steps = new LinkedHashMap<>();
    private final Map<String, String> awaited = new LinkedHashMap<>();
    private final Map<String, Long> remindNs = new LinkedHashMap<>();
    private final long reminderNs;
    private @Nullable String phase;

    Display(PrintStream out, boolean terminal) {
        this(out, terminal, REMINDER);
    }

    /** @param reminder after how long a step that is not done is told of, again and again */
    Display(PrintStream out, boolean terminal, Duration reminder) {
        this.out = out;
        this.terminal = terminal;
        this.reminderNs = reminder.toNanos();
        long lookNs = Math.min(reminderNs / 4, 1_000_000_000L);
        ticker.scheduleAtFixedRate(this::remind, lookNs, lookNs, TimeUnit.NANOSECONDS);
        if (terminal) {
            ticker.scheduleAtFixedRate(this::render, 250, 250, TimeUnit.MILLISECONDS);
        }
    }

    /** Begins a line of steps, "starting" or "stopping". */
    synchronized void phase(String name) {
        endPhase();
        phase = name;
    }

    synchronized void begin(String step) {
        begin(step, step);
    }

    /** @param what is waited for, for those who have waited long */
    synchronized void begin(String step, String what) {
        begunNs.put(step, System.nanoTime());
        remindNs.put(step, System.nanoTime() + reminderNs);
        awaited.put(step, what);
        steps.put(step, "…");
        render();
    }

    synchronized void done(String step) {
        remindNs.remove(step);
        String took = seconds(begunNs.getOrDefault(step, System.nanoTime()));
        steps.put(step, took);
        if (!terminal) {
            out.println(phase + " " + step + ": " + took);
        }
        render();
    }

    /** Ends the line; what was not done stays with its dots. */
    synchronized void endPhase() {
        if (phase != null && terminal && !steps.isEmpty()) {
            render();
            out.println();
        }
        phase = null;
        steps.clear();
        begunNs.clear();
        remindNs.clear();
    }

    /** A line of its own. */
    synchronized void line(String text) {
        if (terminal && phase != null) {
            out.print("\r\033[K");
        }
        out.println(text);
        render();
    }

    /** Whoever waits knows what for. */
    private synchronized void remind() {
        long now = System.nanoTime();
        for (String step : List.copyOf(remindNs.keySet())) {
            if (now - remindNs.getOrDefault(step, now) >= 0) {
                remindNs.put(step, now + reminderNs);
                line("still waiting, %s: %s".formatted(seconds(begunNs.getOrDefault(step, now)), awaited.get(step)));
            }
        }
    }

    private synchronized void render() {
        if (!terminal || phase == null) {
            return;
        }
        StringBuilder text = new StringBuilder("\r\033[K").append(phase);
        steps.forEach((step, state) -> {
            text.append("  ").append(step).append(' ');
            text.append(state.equals("…") ? "… " + seconds(begunNs.getOrDefault(step, 0L)) : state);
        });
        out.print(text);
        out.flush();
    }

    private static String seconds(long sinceNs) {
        long ms = Duration.ofNanos(System.nanoTime() - sinceNs).toMillis();
        return "%d.%d s".formatted(ms / 1000, ms % 1000 / 100);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        endPhase();
        out.flush();
    }
}
