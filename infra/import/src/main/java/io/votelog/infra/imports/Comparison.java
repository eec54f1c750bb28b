// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.FileVote;
import io.votelog.infra.imports.pabulib.OptionIds;
import io.votelog.infra.imports.pabulib.PabulibFile;
import io.votelog.infra.imports.pabulib.Project;
import io.votelog.rules.Ballot;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Three totals of each project: what the file publishes, what the ballot's rules make of the file's votes (the first vote of a voter
 * that they take), and what was counted. It is only right while no others vote on the ballot.
 */
final class Comparison {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long POLL_MS = 100;
    private static final String ROW = "%-34s %12s %12s %12s%n";

    private final PabulibFile file;
    private final OptionIds options;
    private final Gateway gateway;
    private final Gateway readSide;
    private final String ballotId;

    Comparison(PabulibFile file, Gateway gateway, Gateway readSide, String ballotId) {
        this.file = file;
        this.options = new OptionIds(file.projects());
        this.gateway = gateway;
        this.readSide = readSide;
        this.ballotId = ballotId;
    }

    /**
     * Returns when the results have counted what stands at these offsets.
     *
     * @param last offsets by partition of votes
     * @throws ImportException where that does not come
     */
    void awaitCounted(Map<Integer, Long> last) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!last.isEmpty()) {
            JsonNode positions = results().path("positions");
            Map<Integer, Long> missing = new TreeMap<>(last);
            missing.entrySet()
                    .removeIf(entry -> positions.path(entry.getKey().toString()).asLong(0) > entry.getValue());
            if (missing.isEmpty()) {
                return;
            } else if (System.nanoTime() - end > 0) {
                throw new ImportException("the results have not counted all votes after %d s; compare them later"
                        .formatted(PATIENCE.toSeconds()));
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ImportException("interrupted");
            }
        }
    }

    private JsonNode results() {
        return readSide.find("/v1/ballots/" + ballotId + "/results").orElseThrow(this::noBallot);
    }

    private ImportException noBallot() {
        return new ImportException(
                "no ballot %s stands there; infra/import/run ballot makes it, and cast --publish publishes it"
                        .formatted(ballotId));
    }

    /**
     * Prints the projects whose totals are not all the same.
     *
     * @return {@link Import#SAME} where what was counted is what the file publishes; where it publishes nothing, what the recount says
     * @throws ImportException where results are hidden, or not of this file's projects
     */
    int print(PrintWriter out) {
        Ballot ballot = gateway.ballot(ballotId).orElseThrow(this::noBallot);
        JsonNode results = results();
        Map<String, Long> counted = counted(results);
        Map<String, Long> recounted = recount(ballot);
        long wrong = 0;
        long unlike = 0;
        long published = 0;
        boolean headed = false;
        for (Project project : file.projects()) {
            String option = options.of(project.id());
            Long now = counted.get(option);
            if (now == null) {
                throw new ImportException(
                        "the ballot %s has no option %s, for project %s: it is not the ballot of this file"
                                .formatted(ballotId, option, project.id()));
            }
            long again = recounted.getOrDefault(option, 0L);
            Long said = project.votes();
            published += said == null ? 0 : 1;
            boolean right = now == (said == null ? again : said);
            wrong += right ? 0 : 1;
            unlike += again == now ? 0 : 1;
            if (!right || again != now) {
                if (!headed) {
                    out.printf(ROW, "project", "published", "recounted", "counted");
                    headed = true;
                }
                out.printf(ROW, project.id(), said == null ? "-" : said, again, now);
            }
        }
        JsonNode turnout = results.path("turnout");
        out.printf(
                "turnout: %d received, %d accepted, %d retried, %d rejected%n",
                turnout.path("received").asLong(0),
                turnout.path("accepted").asLong(0),
                turnout.path("retried").asLong(0),
                turnout.path("rejected").asLong(0));
        int all = file.projects().size();
        out.printf("%d of %d projects counted as a recount of the file has them%n", all - unlike, all);
        if (published == 0) {
            out.println("the file publishes no totals");
            return unlike == 0 ? Import.SAME : Import.DIFFERS;
        }
        out.printf("%d of %d projects counted as the file publishes them%n", all - wrong, all);
        return wrong == 0 ? Import.SAME : Import.DIFFERS;
    }

    private Map<String, Long> counted(JsonNode results) {
        Map<String, Long> counted = new HashMap<>();
        for (JsonNode section : results.path("sections")) {
            for (JsonNode option : section.path("options")) {
                if (!option.has("votes")) {
                    throw new ImportException("the results of %s are hidden until they are final".formatted(ballotId));
                }
                counted.put(option.path("id").asString(""), option.path("votes").asLong(0));
            }
        }
        return counted;
    }

    private Map<String, Long> recount(Ballot ballot) {
        Map<String, Long> totals = new HashMap<>();
        Set<String> voted = new HashSet<>();
        for (FileVote vote : file.votes()) {
            List<String> choices = vote.projects().stream().map(options::of).toList();
            if (!voted.contains(vote.voter()) && ballot.check(choices).wellFormed()) {
                voted.add(vote.voter());
                choices.forEach(choice -> totals.merge(choice, 1L, Long::sum));
            }
        }
        return totals;
    }
}
