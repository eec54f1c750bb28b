// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.count.Tally;
import io.votelog.auditor.export.ExportManifest.Wanted;
import io.votelog.auditor.export.PartitionExport.OfBallot;
import io.votelog.auditor.export.PartitionExport.Result;
import io.votelog.auditor.files.Hashes;
import io.votelog.auditor.report.AuditException;
import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Picks;
import io.votelog.rules.Reason;
import io.votelog.rules.Section;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.MalformedEventException;
import io.votelog.schemas.nist.CountProgress;
import io.votelog.schemas.nist.CountedBallot;
import io.votelog.schemas.nist.ElectionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of an export for the public. They hold counts, and nothing about a single voter. Rows are in the order of
 * the ballots, not in that of the log.
 */
final class PublicFiles {
    private static final String TALLIES = "tallies";
    private static final String VOTES = "votes";

    /** Behind a ballot's id, the name of its report. */
    private static final String REPORT = ".nist.json";

    private final Wanted wanted;
    private final Path folder;
    private final List<ExportManifest.Ballot> ballots = new ArrayList<>();
    private final List<ExportManifest.File> files = new ArrayList<>();

    PublicFiles(Wanted wanted, Path folder) {
        this.wanted = wanted;
        this.folder = folder;
    }

    @JsonPropertyOrder({"ballotId", "section", "option", "votes"})
    private record TallyRow(String ballotId, String section, String option, long votes) {}

    @JsonPropertyOrder({"ballotId", "outcome", "reason", "votes"})
    private record DecisionRow(String ballotId, String outcome, @Nullable Reason reason, long votes) {}

    @JsonPropertyOrder({"ballotId", "choices", "votes"})
    private record VoteRow(String ballotId, @Nullable List<String> choices, long votes) {}

    /** A ballot with its counts over all partitions. */
    private record WholeBallot(BallotDefinition definition, boolean ended, Tally tally, List<Path> picks) {
        String id() {
            return definition.ballot().id();
        }

        Ballot ballot() {
            return definition.ballot();
        }

        boolean hidesTally() {
            return !ended && ballot().visibility() == Visibility.AFTER_CLOSE;
        }

        CountedBallot counted(Instant at) {
            List<Long> votes = new ArrayList<>();
            for (int option = 0; option < ballot().optionCount(); option++) {
                votes.add(tally.votes().getOrDefault(ballot().optionId(option), 0L));
            }
            CountProgress soFar = at.isBefore(ballot().opensAt()) ? CountProgress.NOT_BEGUN : CountProgress.UNDER_WAY;
            return new CountedBallot(
                    ended ? CountProgress.COMPLETE : soFar,
                    at,
                    hidesTally() ? null : votes,
                    tally.accepted() - tally.annulled(),
                    tally.rejected().values().stream()
                            .mapToLong(Long::longValue)
                            .sum(),
                    tally.annulled());
        }
    }

    List<ExportManifest.Ballot> ballots() {
        return ballots;
    }

    List<ExportManifest.File> files() {
        return files;
    }

    /**
     * @throws AuditException when the partitions contradict each other, or what is requested must not be exported
     */
    void write(List<Result> results) throws IOException {
        List<WholeBallot> all = wholes(results);
        for (WholeBallot whole : all) {
            List<String> withheld = new ArrayList<>();
            if (whole.hidesTally()) {
                withheld.add(TALLIES);
            }
            if (wanted.votes() && !whole.ended()) {
                withheld.add(VOTES);
            }
            ballots.add(new ExportManifest.Ballot(whole.id(), whole.definition().digestHex(), whole.ended(), withheld));
        }
        writeTallies(all);
        writeDecisions(all);
        if (wanted.votes()) {
            writeVotes(all);
        }
    }

    /** The manifest's entries of the ballots, for an export that has no such files. */
    static List<ExportManifest.Ballot> ballots(Wanted wanted, List<Result> results, Path folder) {
        return new PublicFiles(wanted, folder)
                .wholes(results).stream()
                        .map(whole -> new ExportManifest.Ballot(
                                whole.id(), whole.definition().digestHex(), whole.ended(), List.of()))
                        .toList();
    }

    private List<WholeBallot> wholes(List<Result> results) {
        Map<String, List<OfBallot>> byId = new TreeMap<>();
        for (Result result : results) {
            for (OfBallot of : result.ballots()) {
                if (wanted.wants(of.tally().ballotId())) {
                    byId.computeIfAbsent(of.tally().ballotId(), any -> new ArrayList<>())
                            .add(of);
                }
            }
        }
        if (byId.isEmpty() && wanted.ballot() != null) {
            throw new AuditException("no ballot %s stands in this log".formatted(wanted.ballot()));
        }
        return byId.values().stream().map(this::whole).toList();
    }

    private WholeBallot whole(List<OfBallot> partitions) {
        OfBallot first = partitions.get(0);
        if (partitions.stream().anyMatch(other -> !other.definition().equals(first.definition()))) {
            throw new AuditException("the definition of %s is not the same in all partitions; replay says more"
                    .formatted(first.tally().ballotId()));
        }
        BallotDefinition definition;
        try {
            definition = BallotDefinition.parse(first.definition());
        } catch (MalformedEventException e) {
            throw new IllegalStateException(e);
        }
        return new WholeBallot(
                definition,
                partitions.stream().filter(OfBallot::ended).count() == first.partitions(),
                partitions.stream().map(OfBallot::tally).reduce(Tally::plus).orElseThrow(),
                partitions.stream()
                        .map(OfBallot::picks)
                        .filter(Objects::nonNull)
                        .map(folder::resolve)
                        .toList());
    }

    /**
     * Writes the results of each ballot as an election report (NIST SP 1500-100).
     *
     * @param at the time that the reports give as theirs: no record's, since there is none in these files
     */
    void writeReports(List<Result> results, Instant at) throws IOException {
        for (WholeBallot whole : wholes(results)) {
            byte[] report = ElectionReport.json(whole.definition(), whole.counted(at));
            String name = whole.id() + REPORT;
            Files.write(folder.resolve(name), report);
            files.add(new ExportManifest.File(
                    name, 1, HexFormat.of().formatHex(Hashes.sha256().digest(report))));
        }
    }

    private void writeTallies(List<WholeBallot> all) throws IOException {
        try (ExportFile file = new ExportFile(folder, TALLIES, List.of("ballotId", "section", "option", "votes"))) {
            for (WholeBallot whole : all) {
                if (whole.hidesTally()) {
                    continue;
                }
                for (Section section : whole.ballot().sections()) {
                    for (Option option : section.options()) {
                        long votes = whole.tally().votes().getOrDefault(option.id(), 0L);
                        file.add(
                                new TallyRow(whole.id(), section.id(), option.id(), votes),
                                whole.id(),
                                section.id(),
                                option.id(),
                                votes);
                    }
                }
            }
            files.addAll(file.finish());
        }
    }

    private void writeDecisions(List<WholeBallot> all) throws IOException {
        try (ExportFile file = new ExportFile(folder, "decisions", List.of("ballotId", "outcome", "reason", "votes"))) {
            for (WholeBallot whole : all) {
                Tally tally = whole.tally();
                addDecisions(file, whole, "ACCEPTED", null, tally.accepted());
                addDecisions(file, whole, "RETRIED", null, tally.retried());
                for (Map.Entry<Reason, Long> rejected : tally.rejected().entrySet()) {
                    addDecisions(file, whole, "REJECTED", rejected.getKey(), rejected.getValue());
                }
                addDecisions(file, whole, "ANNULLED", null, tally.annulled());
                addDecisions(file, whole, "LATE", null, tally.late());
            }
            files.addAll(file.finish());
        }
    }

    private static void addDecisions(
            ExportFile file, WholeBallot whole, String outcome, @Nullable Reason reason, long votes)
            throws IOException {
        file.add(
                new DecisionRow(whole.id(), outcome, reason, votes),
                whole.id(),
                outcome,
                reason == null ? "" : reason,
                votes);
    }

    private void writeVotes(List<WholeBallot> all) throws IOException {
        try (ExportFile file = new ExportFile(folder, VOTES, List.of("ballotId", "choices", "votes"))) {
            for (WholeBallot whole : all) {
                if (whole.ended()) {
                    writeVotes(file, whole);
                }
            }
            files.addAll(file.finish());
        }
    }

    private void writeVotes(ExportFile file, WholeBallot whole) throws IOException {
        int options = whole.ballot().optionCount();
        SortedMap<Long, Long> setsByCount = new TreeMap<>();
        PickCounts.merge(whole.picks(), options, (picks, count) -> setsByCount.merge(count, 1L, Long::sum));
        long fewest = fewest(wanted.atLeast(), setsByCount);
        PickCounts.merge(whole.picks(), options, (picks, count) -> {
            if (count >= fewest) {
                List<String> choices = choices(whole.ballot(), picks);
                file.add(new VoteRow(whole.id(), choices, count), whole.id(), String.join(" ", choices), count);
            }
        });
        long together = together(fewest, setsByCount);
        if (together > 0) {
            file.add(new VoteRow(whole.id(), null, together), whole.id(), "", together);
        }
    }

    /**
     * The smallest count of a set that gets a row of its own. It is greater than {@code atLeast} where the votes of the
     * rarer sets together would be fewer than {@code atLeast}: such a small remainder could be told apart with the help
     * of the tallies.
     */
    static long fewest(long atLeast, SortedMap<Long, Long> setsByCount) {
        long fewest = atLeast;
        for (long together = together(fewest, setsByCount);
                together > 0
                        && together < atLeast
                        && !setsByCount.tailMap(fewest).isEmpty();
                together = together(fewest, setsByCount)) {
            fewest = setsByCount.tailMap(fewest).firstKey() + 1;
        }
        return fewest;
    }

    private static long together(long fewest, SortedMap<Long, Long> setsByCount) {
        return setsByCount.headMap(fewest).entrySet().stream()
                .mapToLong(sets -> sets.getKey() * sets.getValue())
                .sum();
    }

    private static List<String> choices(Ballot ballot, Picks picks) {
        List<String> choices = new ArrayList<>();
        picks.forEach(option -> choices.add(ballot.optionId(option)));
        return choices;
    }
}
