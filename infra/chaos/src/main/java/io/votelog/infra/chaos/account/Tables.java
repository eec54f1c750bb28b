// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.faults.Struck;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The account as people read it, and as programs do. */
public final class Tables {
    /** In the place of the seconds to recover, where it did not. */
    static final int NOT_RECOVERED = -1;

    private static final int NAMED = 10;

    private final long seed;
    private final List<Struck> struck;
    private final Account account;

    public Tables(long seed, List<Struck> struck, Account account) {
        this.seed = seed;
        this.struck = List.copyOf(struck);
        this.account = account;
    }

    /** How the system got over the faults of one kind; times in seconds. */
    record Row(String fault, int times, int recovered, double p50, double p99) {
        private static Row of(String fault, List<Struck> all) {
            double[] seconds = all.stream()
                    .filter(each -> each.trouble().isEmpty())
                    .flatMapToDouble(each -> each.recoveredSeconds().stream())
                    .sorted()
                    .toArray();
            return new Row(fault, all.size(), seconds.length, percentile(seconds, 0.5), percentile(seconds, 0.99));
        }

        /** A row for each kind that struck, by name. */
        static List<Row> of(List<Struck> struck) {
            Map<String, List<Struck>> kinds = new TreeMap<>();
            struck.forEach(each -> kinds.computeIfAbsent(each.fault(), any -> new ArrayList<>())
                    .add(each));
            return kinds.entrySet().stream()
                    .map(kind -> of(kind.getKey(), kind.getValue()))
                    .toList();
        }

        /** The smallest time that so large a part of them does not exceed; not a number where there are none. */
        private static double percentile(double[] sorted, double part) {
            return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(part * sorted.length) - 1];
        }
    }

    public void print(PrintStream out) {
        out.println();
        out.printf("%-20s %6s %10s %8s %8s%n", "fault", "struck", "recovered", "p50 s", "p99 s");
        Row.of(struck)
                .forEach(row -> out.printf(
                        Locale.ROOT,
                        "%-20s %6d %10d %8.1f %8.1f%n",
                        row.fault(),
                        row.times(),
                        row.recovered(),
                        row.p50(),
                        row.p99()));
        out.println();
        account.figures().forEach((name, number) -> out.printf(Locale.ROOT, "%-36s %,10d%n", name, number));
        out.println();
        for (Law law : Law.values()) {
            List<String> offending = account.offences().of(law);
            out.printf(Locale.ROOT, "%-84s %,6d%n", law.title(), offending.size());
            offending.stream().limit(NAMED).forEach(what -> out.println("    OFFENDS: " + what));
            if (offending.size() > NAMED) {
                out.printf("    and %d more%n", offending.size() - NAMED);
            }
        }
        out.println();
        out.println(held() ? "seed %d: every law held".formatted(seed) : "seed %d: LAWS WERE BROKEN".formatted(seed));
    }

    /** Whether every law held. */
    public boolean held() {
        return account.offences().none();
    }

    public byte[] json() {
        Map<String, Object> laws = new LinkedHashMap<>();
        Arrays.stream(Law.values())
                .forEach(law -> laws.put(
                        law.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        account.offences().of(law)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("seed", seed);
        document.put("held", held());
        document.put("faults", Row.of(struck));
        document.put(
                "struck",
                struck.stream()
                        .map(each -> Map.of(
                                "fault", each.fault(),
                                "whom", each.whom(),
                                "atSeconds", each.atSeconds(),
                                "recoveredSeconds", each.recoveredSeconds().orElse(NOT_RECOVERED),
                                "trouble", each.trouble()))
                        .toList());
        Map<String, Long> votes = new LinkedHashMap<>();
        account.figures().forEach((name, number) -> votes.put(name.strip(), number));
        document.put("votes", votes);
        document.put("laws", laws);
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    }
}
