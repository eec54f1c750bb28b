// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.FileVote;
import io.votelog.infra.imports.pabulib.OptionIds;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Casts a file's votes in batches, in the order of the file. A vote whose outcome is not known is sent again, which is safe: the
 * gateway derives the same id for it, and the log takes it once.
 */
final class CastVotes {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BATCH = 500;
    private static final int MOST_ATTEMPTS = 30;
    private static final long PAUSE_MS = 1_000;
    private static final String PROBLEM = "urn:votelog:problem:";

    private final Gateway gateway;
    private final String ballotId;
    private final OptionIds options;

    private long taken;
    private final Map<String, Refusals> refused = new TreeMap<>();
    private final Map<Integer, Long> last = new TreeMap<>();

    /**
     * Votes that were refused for one reason.
     *
     * @param votes how many
     * @param line of the first of them in the file
     * @param detail what the gateway said of that one
     */
    record Refusals(long votes, int line, String detail) {}

    CastVotes(Gateway gateway, String ballotId, OptionIds options) {
        this.gateway = gateway;
        this.ballotId = ballotId;
        this.options = options;
    }

    /** @throws ImportException where the gateway does not take them, or is away for too long */
    void cast(List<FileVote> votes) {
        for (int from = 0; from < votes.size(); from += BATCH) {
            List<FileVote> waiting = votes.subList(from, Math.min(votes.size(), from + BATCH));
            for (int attempt = 1; !waiting.isEmpty(); attempt++) {
                if (attempt > MOST_ATTEMPTS) {
                    throw new ImportException(
                            "the gateway does not take the vote of line %d, nor those below it, after %d attempts; what was cast before stays, and the same command goes on"
                                    .formatted(waiting.get(0).line(), MOST_ATTEMPTS));
                }
                if (attempt > 1) {
                    pause();
                }
                waiting = send(waiting);
            }
        }
    }

    /** How many the gateway took: they stand in the log, and have their verdicts there. */
    long taken() {
        return taken;
    }

    /** Those that it refused, by reason. */
    Map<String, Refusals> refused() {
        return refused;
    }

    /** The offset of the last vote in each partition of votes. */
    Map<Integer, Long> last() {
        return last;
    }

    /** Gives those that are to be sent again. */
    private List<FileVote> send(List<FileVote> votes) {
        StringBuilder lines = new StringBuilder();
        for (FileVote vote : votes) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("voter", vote.voter());
            line.put("choices", vote.projects().stream().map(options::of).toList());
            lines.append(JSON.writeValueAsString(line)).append('\n');
        }
        HttpResponse<String> answer;
        try {
            answer = gateway.cast(ballotId, lines.toString());
        } catch (IOException outcomeUnknown) {
            return votes;
        }
        if (answer.statusCode() == 429 || answer.statusCode() == 503) {
            return votes;
        } else if (answer.statusCode() != 200) {
            throw gateway.refused(answer);
        }
        List<FileVote> again = new ArrayList<>();
        List<String> answers =
                answer.body().lines().filter(line -> !line.isBlank()).toList();
        for (int n = 0; n < votes.size(); n++) {
            @Nullable JsonNode said = n < answers.size() ? JSON.readTree(answers.get(n)) : null;
            if (said == null || said.path("status").asInt(0) == 503) {
                again.add(votes.get(n));
            } else {
                note(votes.get(n), said);
            }
        }
        return again;
    }

    private void note(FileVote vote, JsonNode said) {
        if (said.path("status").asInt(0) == 202) {
            taken++;
            last.merge(said.path("partition").asInt(0), said.path("offset").asLong(0), Math::max);
            return;
        }
        JsonNode problem = said.path("problem");
        JsonNode violation = problem.path("violations").path(0);
        String reason = violation.isMissingNode()
                ? problem.path("type").asString("").replace(PROBLEM, "")
                : violation.path("code").asString("");
        String detail = violation.isMissingNode()
                ? problem.path("detail").asString("")
                : violation.path("detail").asString("");
        refused.merge(
                reason,
                new Refusals(1, vote.line(), detail),
                (before, more) -> new Refusals(before.votes() + 1, before.line(), before.detail()));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException("interrupted");
        }
    }
}
