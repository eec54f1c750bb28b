// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.nist;

import io.votelog.rules.Ballot;
import io.votelog.rules.Option;
import io.votelog.rules.Section;
import io.votelog.rules.Text;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A ballot's results as an {@code ElectionReport} (NIST SP 1500-100r2, JSON). A section is a contest, an option a candidate of it, and
 * the whole electorate one reporting unit.
 *
 * <p>Counts that are hidden are left out. The format's {@code IsSuppressedForPrivacy} needs a count beside it, which would be a wrong
 * one, and names another cause; so a {@code CountStatus} of its own, {@value #SHOWN}, says that none is shown.
 */
public final class ElectionReport {
    /**
     * The media type of a report. NIST registers none for the format; this one is of Votelog's vendor tree (RFC 6838, section 3.2), and a
     * type of its own, without parameters, is what caches and clients tell apart best.
     */
    public static final String MEDIA_TYPE = "application/vnd.votelog.nist-sp-1500-100.v2+json";

    /** What a {@code CountStatus} is of that says whether counts are shown. */
    static final String SHOWN = "counts-shown";

    private static final String PRODUCT = "Votelog";
    private static final String UNIT = "electorate";
    private static final String TOTAL = "total";
    private static final String OTHER = "other";
    private static final JsonMapper JSON = new JsonMapper();

    private final BallotDefinition definition;
    private final Ballot ballot;
    private final CountedBallot counted;

    private ElectionReport(BallotDefinition definition, CountedBallot counted) {
        this.definition = definition;
        this.ballot = definition.ballot();
        this.counted = counted;
    }

    /**
     * The report, as JSON in UTF-8. The same input gives the same bytes.
     *
     * @throws IllegalArgumentException when there are not as many counts as options, or counts that the ballot hides
     */
    public static byte[] json(BallotDefinition definition, CountedBallot counted) {
        List<Long> votes = counted.votes();
        Ballot ballot = definition.ballot();
        if (votes != null && votes.size() != ballot.optionCount()) {
            throw new IllegalArgumentException(
                    "%d counts for the %d options of %s".formatted(votes.size(), ballot.optionCount(), ballot.id()));
        }
        if (votes != null
                && ballot.visibility() == Visibility.AFTER_CLOSE
                && counted.progress() != CountProgress.COMPLETE) {
            throw new IllegalArgumentException(
                    "counts of %s, which hides them until its result is final".formatted(ballot.id()));
        }
        return JSON.writeValueAsBytes(new ElectionReport(definition, counted).report());
    }

    private Map<String, Object> report() {
        Text organiser = ballot.organiser();
        String issuer = organiser == null ? PRODUCT : plain(organiser);
        Map<String, Object> report = object("ElectionReport");
        report.put("Format", "summary-contest");
        report.put("GeneratedDate", counted.at().truncatedTo(ChronoUnit.SECONDS).toString());
        report.put("Issuer", issuer);
        report.put("IssuerAbbreviation", issuer);
        report.put("SequenceStart", 1);
        report.put("SequenceEnd", 1);
        report.put("Status", counted.progress().resultsStatus());
        report.put("VendorApplicationId", PRODUCT);
        report.put("ExternalIdentifier", List.of(identifier("results-revision", Long.toString(counted.revision()))));
        if (counted.votes() == null) {
            report.put("Notes", "Counts of options are not shown until the result is final.");
        }
        report.put("GpUnit", List.of(unit()));
        report.put("Election", List.of(election()));
        return report;
    }

    private Map<String, Object> unit() {
        Map<String, Object> unit = object("ReportingUnit");
        unit.put("@id", UNIT);
        unit.put("Type", OTHER);
        unit.put("OtherType", UNIT);
        unit.put("Name", text(ballot.title()));
        unit.put("CountStatus", countStatus());
        return unit;
    }

    private Map<String, Object> election() {
        Map<String, Object> election = object("Election");
        election.put("ElectionScopeId", UNIT);
        election.put("Name", text(ballot.title()));
        election.put("StartDate", date(ballot.opensAt()));
        election.put("EndDate", date(ballot.closesAt().minusMillis(1)));
        election.put("Type", OTHER);
        election.put("OtherType", "public vote");
        election.put(
                "ExternalIdentifier",
                List.of(
                        identifier("ballot", ballot.id()),
                        identifier("ballot-definition-sha256", definition.digestHex())));
        election.put("CountStatus", countStatus());
        election.put("BallotCounts", List.of(ballotCounts()));
        election.put("Candidate", candidates());
        election.put("Contest", contests());
        return election;
    }

    private Map<String, Object> ballotCounts() {
        Map<String, Object> counts = object("BallotCounts");
        counts.put("GpUnitId", UNIT);
        counts.put("Type", TOTAL);
        counts.put("BallotsCast", counted.counting());
        counts.put("BallotsRejected", counted.rejected());
        return counts;
    }

    private List<Map<String, Object>> candidates() {
        List<Map<String, Object>> candidates = new ArrayList<>();
        for (Section section : ballot.sections()) {
            for (Option option : section.options()) {
                Map<String, Object> candidate = object("Candidate");
                candidate.put("@id", candidateId(option));
                candidate.put("BallotName", text(option.title()));
                candidate.put("ExternalIdentifier", List.of(identifier("option", option.id())));
                candidates.add(candidate);
            }
        }
        return candidates;
    }

    private List<Map<String, Object>> contests() {
        List<Map<String, Object>> contests = new ArrayList<>();
        int first = 0;
        for (Section section : ballot.sections()) {
            Map<String, Object> contest = object("CandidateContest");
            contest.put("@id", "contest-" + section.id());
            contest.put("ElectionDistrictId", UNIT);
            contest.put("Name", plain(section.title()));
            contest.put("BallotTitle", text(section.title()));
            contest.put("SequenceOrder", contests.size() + 1);
            contest.put("VoteVariation", "n-of-m");
            contest.put("VotesAllowed", mostPicks(section));
            contest.put("ExternalIdentifier", List.of(identifier("section", section.id())));
            contest.put("CountStatus", countStatus());
            contest.put("ContestSelection", selections(section, first));
            contests.add(contest);
            first += section.options().size();
        }
        return contests;
    }

    /** What a vote can pick in a section: no more than the section and the whole ballot allow, and no more than there is. */
    private int mostPicks(Section section) {
        int allowed = Math.min(section.picks().max(), ballot.picks().max());
        return Math.min(allowed, section.options().size());
    }

    private List<Map<String, Object>> selections(Section section, int first) {
        List<Long> votes = counted.votes();
        List<Map<String, Object>> selections = new ArrayList<>();
        for (Option option : section.options()) {
            Map<String, Object> selection = object("CandidateSelection");
            selection.put("@id", "selection-" + option.id());
            selection.put("CandidateIds", List.of(candidateId(option)));
            if (votes != null) {
                selection.put("VoteCounts", List.of(voteCounts(votes.get(first + selections.size()))));
            }
            selection.put("SequenceOrder", selections.size() + 1);
            selections.add(selection);
        }
        return selections;
    }

    private static Map<String, Object> voteCounts(long votes) {
        Map<String, Object> counts = object("VoteCounts");
        counts.put("GpUnitId", UNIT);
        counts.put("Type", TOTAL);
        counts.put("Count", votes);
        return counts;
    }

    private List<Map<String, Object>> countStatus() {
        List<Map<String, Object>> all = new ArrayList<>();
        all.add(countStatus(TOTAL, null, counted.progress().countStatus()));
        if (counted.votes() == null) {
            all.add(countStatus(OTHER, SHOWN, CountProgress.NOT_BEGUN.countStatus()));
        }
        return all;
    }

    private static Map<String, Object> countStatus(String type, @Nullable String other, String value) {
        Map<String, Object> status = object("CountStatus");
        status.put("Type", type);
        if (other != null) {
            status.put("OtherType", other);
        }
        status.put("Status", value);
        return status;
    }

    private static String candidateId(Option option) {
        return "candidate-" + option.id();
    }

    /** An identifier of Votelog's own; the format's others are of places and authorities. */
    private static Map<String, Object> identifier(String what, String value) {
        Map<String, Object> identifier = object("ExternalIdentifier");
        identifier.put("Type", OTHER);
        identifier.put("OtherType", "votelog-" + what);
        identifier.put("Value", value);
        return identifier;
    }

    /** A text in all its languages, in the order of their tags. */
    private static Map<String, Object> text(Text text) {
        List<Map<String, Object>> languages = new ArrayList<>();
        new TreeMap<>(text.byLanguage()).forEach((language, content) -> {
            Map<String, Object> said = object("LanguageString");
            said.put("Language", language);
            said.put("Content", content);
            languages.add(said);
        });
        Map<String, Object> all = object("InternationalizedText");
        all.put("Text", languages);
        return all;
    }

    /** A text where the format has room for one language: in English, or else in the first by tag. */
    private static String plain(Text text) {
        Map<String, String> byLanguage = new TreeMap<>(text.byLanguage());
        String english = byLanguage.get("en");
        return english == null ? byLanguage.values().iterator().next() : english;
    }

    /** A day in UTC: a ballot keeps the moments of its window, and no place on Earth. */
    private static String date(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private static Map<String, Object> object(String type) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("@type", "ElectionResults." + type);
        return object;
    }
}
