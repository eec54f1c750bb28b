// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.serve;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How a sealer is, as Prometheus reads it. May be used by several threads. */
public final class SealerMeters {
    private static final int MOST_WAITING = 1_024;

    private final long startedNanos = System.nanoTime();
    private final LongAdder failures = new LongAdder();
    private final Map<String, LongAdder> proofs = new ConcurrentSkipListMap<>();
    private final Map<Integer, LongAdder> answers = new ConcurrentSkipListMap<>();
    private volatile Step last = new Step(false, 0, 0, new long[0]);
    private volatile boolean stepped;

    /** Steps after which all of votes was sealed, whose verdicts are not sealed yet; the oldest first. */
    private final Deque<Reached> reached = new ArrayDeque<>();

    /** All that stood in votes at this time is sealed, with its verdicts. */
    private volatile long sealedUntilNanos = startedNanos;

    private record Step(boolean active, long votes, long verdicts, long[] unsealed) {}

    /** @param leaves of the tree of votes with all that stood in votes at this time */
    private record Reached(long nanos, long leaves) {}

    /**
     * The sealer has looked for what is new.
     *
     * @param active whether it seals; else it follows another one
     * @param votes leaves of the tree of votes
     * @param verdicts leaves of the tree of verdicts
     * @param unsealed by partition of votes: records that are not sealed
     */
    public synchronized void stepped(boolean active, long votes, long verdicts, long[] unsealed) {
        if (Arrays.stream(unsealed).allMatch(records -> records == 0)) {
            // Of many that wait, and of those with as many leaves, the newest stands for the one before it.
            if (reached.size() >= MOST_WAITING
                    || !reached.isEmpty() && reached.getLast().leaves() == votes) {
                reached.removeLast();
            }
            reached.addLast(new Reached(System.nanoTime(), votes));
        }
        while (!reached.isEmpty() && reached.getFirst().leaves() <= verdicts) {
            sealedUntilNanos = reached.removeFirst().nanos();
        }
        last = new Step(active, votes, verdicts, unsealed.clone());
        stepped = true;
    }

    /** An outage stopped the sealing for a while. */
    public void failed() {
        failures.increment();
    }

    /** A proof was asked for. */
    void proof(String outcome) {
        proofs.computeIfAbsent(outcome, any -> new LongAdder()).increment();
    }

    /** A request was answered. */
    void answered(int status) {
        answers.computeIfAbsent(status, any -> new LongAdder()).increment();
    }

    /** Whether the sealer has worked, as one that seals or follows. */
    boolean works() {
        return stepped;
    }

    /** Whether nothing was sealed so far, as far as this sealer knows. */
    boolean isEmpty() {
        return last.verdicts() == 0;
    }

    /** The text that Prometheus reads (exposition format 0.0.4). */
    String text() {
        Step now = last;
        StringBuilder text = new StringBuilder();
        head(text, "votelog_sealer_active", "gauge", "Whether this sealer seals (1) or follows another one (0).");
        line(text, "votelog_sealer_active", "", now.active() ? 1 : 0);
        head(text, "votelog_sealer_leaves", "gauge", "Leaves of each tree of the sealed log.");
        line(text, "votelog_sealer_leaves", "{tree=\"votes\"}", now.votes());
        line(text, "votelog_sealer_leaves", "{tree=\"verdicts\"}", now.verdicts());
        head(text, "votelog_sealer_unsealed_records", "gauge", "Records of votes that are not sealed, by partition.");
        for (int partition = 0; partition < now.unsealed().length; partition++) {
            line(
                    text,
                    "votelog_sealer_unsealed_records",
                    "{partition=\"%d\"}".formatted(partition),
                    now.unsealed()[partition]);
        }
        head(
                text,
                "votelog_sealer_lag_seconds",
                "gauge",
                "How old the newest moment is of which all votes and verdicts are sealed; counted from the start on.");
        long since = sealedUntilNanos;
        text.append(String.format(Locale.ROOT, "votelog_sealer_lag_seconds %.3f%n", (System.nanoTime() - since) / 1e9));
        head(text, "votelog_sealer_failures_total", "counter", "Outages that stopped the sealing for a while.");
        line(text, "votelog_sealer_failures_total", "", failures.sum());
        head(text, "votelog_sealer_proofs_total", "counter", "Proofs that were asked for, by outcome.");
        proofs.forEach((outcome, count) ->
                line(text, "votelog_sealer_proofs_total", "{outcome=\"%s\"}".formatted(outcome), count.sum()));
        head(text, "votelog_sealer_http_answers_total", "counter", "Answers of the public server, by status.");
        answers.forEach((status, count) ->
                line(text, "votelog_sealer_http_answers_total", "{status=\"%d\"}".formatted(status), count.sum()));
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, String labels, long value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
    }
}
