// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

import io.votelog.infra.bench.workspace.Median;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Medians of the rounds, as Markdown. */
final class RestoreTable {
    private final List<Measured> nothing;
    private final Map<Accident, List<Measured>> accidents;

    /** @param nothing of starts with nothing to restore */
    RestoreTable(List<Measured> nothing, Map<Accident, List<Measured>> accidents) {
        this.nothing = nothing;
        this.accidents = accidents;
    }

    void print(PrintStream out) {
        out.println();
        out.println(
                "| what | ready, s | new votes in the results, s | old receipts told, s | all of it beyond an empty start, s"
                        + " | that, of the consumer's time | disk, bytes a voter | heap in use, MB |");
        out.println("|---|---|---|---|---|---|---|---|");
        row(out, "start with nothing to restore", seconds(nothing, BackAgain::ready), nothing, "", "", "");
        accidents.forEach((accident, all) -> {
            boolean starts = !accident.isTakeOver();
            row(
                    out,
                    accident.title(),
                    starts ? seconds(all, BackAgain::ready) : "",
                    all,
                    starts ? text("%.1f", Median.of(all, this::beyond)) : "",
                    starts ? text("%.2f", Median.of(all, one -> beyond(one) / one.consumer())) : "",
                    text("%.0f", Median.of(all, Measured::diskBytes)));
        });
        List<Measured> all = accidents.values().stream().flatMap(List::stream).toList();
        out.printf(
                Locale.ROOT,
                "| kafka-consumer-perf-test over votes | | %.1f | | | 1.00 | | |%n",
                Median.of(all, Measured::consumer));
    }

    private static void row(
            PrintStream out, String what, String ready, List<Measured> all, String beyond, String ratio, String disk) {
        out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %.0f |%n",
                what,
                ready,
                seconds(all, BackAgain::votes),
                seconds(all, BackAgain::receipts),
                beyond,
                ratio,
                disk,
                Median.of(all, one -> one.heapKb() / 1024.0));
    }

    /** What the restore adds to a start. */
    private double beyond(Measured one) {
        return one.back().whole() - Median.of(nothing, none -> none.back().whole());
    }

    private static String seconds(List<Measured> all, ToDoubleFunction<BackAgain> figure) {
        return text("%.1f", Median.of(all, one -> figure.applyAsDouble(one.back())));
    }

    private static String text(String format, double figure) {
        return String.format(Locale.ROOT, format, figure);
    }
}
