// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.compare.Comparison;
import io.votelog.auditor.compare.LogComparison;
import io.votelog.auditor.replay.Announcement;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Progress;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.source.DumpSource;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.verify.SealedTrees;
import io.votelog.auditor.verify.TwoCheckpoints;
import io.votelog.schemas.LogKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds two bundles of one vote against each other. One that goes on where the other ends contradicts nothing: a log
 * grows, and a result is corrected by annulments. Two trees of which neither is the beginning of the other, both signed
 * by one log, are a proof against it.
 */
final class BundleComparison {
    private static final String ANNOUNCED = "Both have one announcement";
    private static final String KEYS = "Both name one sealed log";
    private static final String RESULTS = "Both have the same final results";
    private static final String LOGS = "Both have one log";

    private final UnpackedBundle a;
    private final UnpackedBundle b;
    private final @Nullable LogKeys keys;
    private final @Nullable SealedLogKey logKey;
    private final Progress progress;
    private final Report report;
    private final Set<String> goOn = new TreeSet<>();

    /**
     * @param keys whose control records both logs obey; null for those that the announcement of A names
     * @param logKey the sealed log's key; null for the one that A names
     */
    BundleComparison(
            UnpackedBundle a,
            UnpackedBundle b,
            @Nullable LogKeys keys,
            @Nullable SealedLogKey logKey,
            Progress progress) {
        this.a = a;
        this.b = b;
        this.keys = keys;
        this.logKey = logKey;
        this.progress = progress;
        this.report = new Report(
                "A  %s%nB  %s".formatted(a.name(), b.name()),
                "both tell the same",
                "A and B contradict each other, and at most one of them is right");
    }

    /**
     * Makes the comparison.
     *
     * @throws AuditException when one of them is not what its manifest names: then it says nothing
     */
    Report run() {
        for (UnpackedBundle bundle : List.of(a, b)) {
            if (!bundle.differences().isEmpty()) {
                throw new AuditException("%s is not what its manifest names, and is not compared: %s"
                        .formatted(bundle.name(), bundle.differences().get(0)));
            }
        }
        step(ANNOUNCED, this::announcements);
        step(KEYS, this::logKeys);
        step(RESULTS, this::results);
        for (SealedLog tree : SealedLog.values()) {
            step("Both have one tree of " + tree.path(), () -> trees(tree));
        }
        step(LOGS, this::logs);
        if (!goOn.isEmpty()) {
            String who = goOn.size() == 2
                    ? "Each goes on where the other ends"
                    : "%s goes on where %s ends"
                            .formatted(goOn.contains("A") ? "A" : "B", goOn.contains("A") ? "B" : "A");
            report.answer(Report.INCOMPLETE, "No contradiction: %s.".formatted(who), Map.of("relation", who));
        }
        return report;
    }

    private void step(String title, Supplier<Finding> work) {
        Finding finding;
        try {
            finding = work.get();
        } catch (AuditException | TlogException e) {
            finding = Finding.skip("it cannot be read, which verify-bundle tells more of: " + e.getMessage());
        }
        String detail = b.plain(a.plain(finding.detail()));
        switch (finding.outcome()) {
            case PASS -> report.pass(title, detail);
            case FAIL -> report.fail(title, detail);
            case SKIPPED -> report.skip(title, detail);
            case NOT_ASKED -> report.notAsked(title, detail);
        }
    }

    private static Announcement announcement(UnpackedBundle bundle) {
        return Announcement.read(bundle.path(BundlePaths.ANNOUNCEMENT));
    }

    /** The ballots of the one that has fewer must be among those of the other. */
    private Finding announcements() {
        Announcement inA = announcement(a);
        Announcement inB = announcement(b);
        List<String> aFirst = HeldTo.differences(inA, "A has", inB, "B has");
        List<String> bFirst = HeldTo.differences(inB, "B has", inA, "A has");
        if (aFirst.isEmpty() && bFirst.isEmpty()) {
            return Finding.pass("");
        }
        if (aFirst.isEmpty() || bFirst.isEmpty()) {
            return goesOn(aFirst.isEmpty() ? "B" : "A", "it names more ballots, or partitions have gone on");
        }
        return contradicts(inA, inB)
                ? Finding.fail(aFirst.get(0))
                : goesOn("A", goesOn("B", "each names what the other does not").detail());
    }

    /** Whether both say something of one ballot that cannot both be so. */
    private static boolean contradicts(Announcement inA, Announcement inB) {
        Map<String, Announcement.Ballot> there = new TreeMap<>();
        inB.ballots().forEach(ballot -> there.put(ballot.ballotId(), ballot));
        return !inA.keys().texts().equals(inB.keys().texts())
                || inA.ballots().stream()
                        .anyMatch(ballot ->
                                there.containsKey(ballot.ballotId()) && !ballot.equals(there.get(ballot.ballotId())));
    }

    private Finding goesOn(String who, String why) {
        goOn.add(who);
        return Finding.pass("%s goes on: %s".formatted(who, why));
    }

    private Finding logKeys() {
        String difference = HeldTo.difference(a.logKey(), "A names", b.logKey(), "B names");
        if (difference == null && logKey != null) {
            difference = HeldTo.difference(logKey, "you have", a.logKey(), "both name");
        }
        return difference == null ? Finding.pass(a.logKey().votes().name()) : Finding.fail(difference);
    }

    private static Map<String, FinalResult> results(UnpackedBundle bundle) {
        Map<String, FinalResult> results = new TreeMap<>();
        bundle.manifest()
                .ballots()
                .forEach(ballot -> results.put(
                        ballot.ballotId(), FinalResult.read(bundle.path(BundlePaths.results(ballot.ballotId())))));
        return results;
    }

    private Finding results() {
        Map<String, FinalResult> inA = results(a);
        Map<String, FinalResult> inB = results(b);
        Set<String> all = new TreeSet<>(inA.keySet());
        all.addAll(inB.keySet());
        List<String> further = new ArrayList<>();
        for (String id : all) {
            FinalResult one = inA.get(id);
            FinalResult other = inB.get(id);
            if (one == null || other == null) {
                goOn.add(one == null ? "B" : "A");
                further.add("%s is final in %s alone".formatted(id, one == null ? "B" : "A"));
            } else if (one.revision() != other.revision() && one.digest().equals(other.digest())) {
                boolean later = one.revision() > other.revision();
                goOn.add(later ? "A" : "B");
                further.add("%s has revision %d in A and %d in B".formatted(id, one.revision(), other.revision()));
            } else {
                String difference = one.difference(other, "A has", "B has");
                if (difference != null) {
                    return Finding.fail("%s, %s".formatted(id, difference));
                }
            }
        }
        return Finding.pass(further.isEmpty() ? String.join(", ", all) : String.join("\n", further));
    }

    private Finding trees(SealedLog tree) {
        SealedLogKey signing = logKey == null ? a.logKey() : logKey;
        for (UnpackedBundle bundle : List.of(a, b)) {
            try (SealedTrees shown = new SealedTrees(bundle.sealed())) {
                String fault = shown.fault(signing).orElse(null);
                if (fault != null) {
                    return Finding.skip("%s: %s, so it binds nobody".formatted(bundle.name(), fault));
                }
            }
        }
        Checkpoint inA = a.checkpoint(tree);
        Checkpoint inB = b.checkpoint(tree);
        String path = BundlePaths.checkpoint(tree);
        TwoCheckpoints both = TwoCheckpoints.of(inA, "%s of A".formatted(path), inB, "%s of B".formatted(path));
        UnpackedBundle larger = inA.size() > inB.size() ? a : b;
        if (both.needsTiles() && !larger.manifest().tiles()) {
            return Finding.skip("the larger tree, of %,d leaves, comes without its tiles: equivocation --log tells"
                    .formatted(both.larger().size()));
        }
        TileSource tiles = both.needsTiles() ? SealedLogFiles.of(tree, larger.sealed()) : null;
        TwoCheckpoints.Finding finding = both.compare(tiles);
        if (finding.contradiction()) {
            return Finding.fail("%s%nA: %s%nB: %s".formatted(finding.why(), inA, inB));
        }
        if (both.needsTiles()) {
            goOn.add(larger == a ? "A" : "B");
        }
        return Finding.pass(finding.why());
    }

    private Finding logs() {
        if (!a.manifest().hasLog() || !b.manifest().hasLog()) {
            return Finding.notAsked("it takes two bundles with the log, and %s is a public one"
                    .formatted(a.manifest().hasLog() ? "B" : "A"));
        }
        try (DumpSource ofA = new DumpSource(a.path(BundlePaths.LOG));
                DumpSource ofB = new DumpSource(b.path(BundlePaths.LOG))) {
            Comparison comparison =
                    new LogComparison(ofA, ofB, keys == null ? announcement(a).keys() : keys, progress).run();
            Comparison.Difference first = comparison.first();
            return switch (comparison.relation()) {
                case SAME -> Finding.pass(comparison.relation().sentence());
                case A_IN_B -> goesOn("B", comparison.relation().sentence());
                case B_IN_A -> goesOn("A", comparison.relation().sentence());
                case SAME_WHERE_BOTH_REACH -> {
                    goOn.add("A");
                    goOn.add("B");
                    yield Finding.pass(comparison.relation().sentence());
                }
                case DIFFERENT ->
                    Finding.fail("first at %s%nA: %s%nB: %s"
                            .formatted(first, first == null ? "" : first.inA(), first == null ? "" : first.inB()));
            };
        }
    }
}
