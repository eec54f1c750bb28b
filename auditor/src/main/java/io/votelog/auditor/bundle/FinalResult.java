// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.votelog.auditor.export.ExportFile;
import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.verify.SealedStatement;
import io.votelog.events.BallotResults;
import io.votelog.events.ReasonCount;
import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import io.votelog.schemas.BallotDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Final results of a ballot as they were published, without what stands for one voter: when the last vote came, and how
 * far partitions had come.
 *
 * @param digest SHA-256 of the ballot's definition, in hexadecimal digits
 * @param received all votes that were decided before the end
 * @param rejected by reason
 * @param votes of each option, in the order of the definition, without annulled votes
 */
@JsonPropertyOrder({
    "ballotId",
    "digest",
    "status",
    "revision",
    "received",
    "accepted",
    "retried",
    "rejected",
    "annulled",
    "late",
    "missing",
    "replaced",
    "votes"
})
record FinalResult(
        String ballotId,
        String digest,
        String status,
        long revision,
        long received,
        long accepted,
        long retried,
        Map<String, Long> rejected,
        long annulled,
        long late,
        long missing,
        long replaced,
        List<OptionVotes> votes) {
    private static final String FINAL = "FINAL";
    private static final int LONGEST = 1 << 20;

    /** The votes of an option. */
    @JsonPropertyOrder({"section", "option", "votes"})
    record OptionVotes(String section, String option, long votes) {}

    /**
     * The document of results.
     *
     * @throws AuditException when the results are on another definition, or have other options
     */
    static FinalResult of(BallotResults results, BallotDefinition definition) {
        List<Long> counts = Objects.requireNonNullElse(results.getVotes(), List.of());
        Ballot ballot = definition.ballot();
        if (counts.size() != ballot.optionCount() || !results.getDigest().equals(definition.digest())) {
            throw new AuditException("the final results of %s are on another definition than the one that was published"
                    .formatted(results.getBallotId()));
        }
        Map<String, Long> rejected = new TreeMap<>();
        for (ReasonCount count : results.getRejected()) {
            rejected.merge(count.getReason().name(), count.getCount(), Long::sum);
        }
        return new FinalResult(
                results.getBallotId(),
                definition.digestHex(),
                FINAL,
                results.getRevision(),
                results.getReceived(),
                results.getAccepted(),
                results.getRetried(),
                rejected,
                results.getAnnulled(),
                results.getLate(),
                results.getMissing(),
                results.getReplaced(),
                votes(ballot, counts));
    }

    private static List<OptionVotes> votes(Ballot ballot, List<Long> counts) {
        List<OptionVotes> votes = new ArrayList<>();
        for (Section section : ballot.sections()) {
            for (Option option : section.options()) {
                votes.add(new OptionVotes(section.id(), option.id(), counts.get(votes.size())));
            }
        }
        return votes;
    }

    /**
     * Reads the document.
     *
     * @throws AuditException when it is none
     */
    static FinalResult read(Path file) {
        FinalResult read = InputFile.strictJson(file, LONGEST, FinalResult.class, "document of final results");
        boolean whole = read.ballotId != null
                && read.digest != null
                && FINAL.equals(read.status)
                && read.rejected != null
                && !read.rejected.containsValue(null)
                && read.votes != null
                && read.votes.stream()
                        .allMatch(each -> each != null && each.section() != null && each.option() != null);
        if (!whole) {
            throw new AuditException("%s is no document of final results: something is missing in it".formatted(file));
        }
        return read;
    }

    /** The document as text. */
    String json() {
        return Texts.JSON.writeValueAsString(this) + "\n";
    }

    /** The votes of each option as comma-separated values (RFC 4180). */
    String table() {
        StringBuilder table = new StringBuilder("section,option,votes\r\n");
        for (OptionVotes each : votes) {
            table.append(ExportFile.cell(each.section()))
                    .append(',')
                    .append(ExportFile.cell(each.option()))
                    .append(',')
                    .append(each.votes())
                    .append("\r\n");
        }
        return table.toString();
    }

    /** What differs between this and other results of the ballot; null when nothing does. */
    @Nullable
    String difference(FinalResult other, String here, String there) {
        Map<String, Object> mine = figures();
        Map<String, Object> theirs = other.figures();
        for (Map.Entry<String, Object> figure : mine.entrySet()) {
            Object value = theirs.get(figure.getKey());
            if (!figure.getValue().equals(value)) {
                return "%s: %s %s, %s %s"
                        .formatted(
                                figure.getKey(),
                                here,
                                figure.getValue(),
                                there,
                                value == null ? "none" : value.toString());
            }
        }
        return theirs.size() == mine.size() ? null : "options: %s fewer than %s".formatted(here, there);
    }

    private Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("definition", digest);
        figures.put("revision", revision);
        figures.put("received", received);
        figures.put("accepted", accepted);
        figures.put("retried", retried);
        figures.put("rejected", new TreeMap<>(rejected));
        figures.put("annulled", annulled);
        figures.put("late", late);
        figures.put("missing", missing);
        figures.put("replaced", replaced);
        votes.forEach(each -> figures.put("option " + each.option(), each.votes()));
        return figures;
    }

    /** What differs between these results and a sealed statement of their revision; null when nothing does. */
    @Nullable
    String difference(SealedStatement sealed) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("definition", sealed.definition());
        statement.put("revision", sealed.revision());
        statement.put("received", sealed.turnout("received"));
        statement.put("accepted", sealed.turnout("accepted"));
        statement.put("retried", sealed.turnout("retried"));
        statement.put("rejected", sealed.rejected());
        statement.put("annulled", sealed.turnout("annulled"));
        statement.put("votes", sealed.votes());
        Map<String, Object> here = figures();
        here.put("votes", votes.stream().map(OptionVotes::votes).toList());
        for (Map.Entry<String, Object> figure : statement.entrySet()) {
            Object published = here.get(figure.getKey());
            if (!figure.getValue().equals(published)) {
                return "%s: sealed %s, in the results %s".formatted(figure.getKey(), figure.getValue(), published);
            }
        }
        return null;
    }
}
