// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.load.ReadSide;
import io.votelog.infra.chaos.load.ResultsReader;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Holds the results that each instance shows, and what readers were shown, against the recount. */
final class ResultsCheck {
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final long PAUSE_MS = 250;

    private final ReadSide readSide;
    private final Recount recount;
    private final Offences offences;

    ResultsCheck(ReadSide readSide, Recount recount, Offences offences) {
        this.readSide = readSide;
        this.recount = recount;
        this.offences = offences;
    }

    /** Results follow the log; they have a minute altogether to be where it ends. */
    void run(List<ResultsReader> readers, String readBallot) throws InterruptedException {
        long end = System.nanoTime() + LIMIT_NS;
        for (String ballotId : recount.counts().keySet()) {
            for (int instance = 0; instance < readSide.count(); instance++) {
                await(ballotId, instance, end);
            }
        }
        for (ResultsReader reader : readers) {
            reader.wentBack().forEach(what -> offences.add(Law.WENT_BACK, what));
            awaitSame(reader, readBallot, end);
        }
    }

    private void await(String ballotId, int instance, long end) throws InterruptedException {
        while (true) {
            List<String> differences = differences(ballotId, readSide.results(instance, ballotId));
            if (differences.isEmpty()) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                differences.forEach(difference -> offences.add(
                        Law.RESULTS, "%s at instance %d: %s".formatted(ballotId, instance + 1, difference)));
                return;
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private List<String> differences(String ballotId, Optional<JsonNode> results) {
        BallotCount count = recount.counts().get(ballotId);
        if (results.isEmpty() || count == null) {
            return List.of("no results are shown");
        }
        List<String> differences = count.differencesOf(results.get());
        String status = results.get().path("status").stringValue("");
        if (!status.equals("final")) {
            differences.add("its status is %s, and it has ended".formatted(status));
        }
        return differences;
    }

    /** The last document that a reader was shown is the final one, which was held to the recount above. */
    private void awaitSame(ResultsReader reader, String ballotId, long end) throws InterruptedException {
        while (true) {
            long version = readSide.results(0, ballotId)
                    .map(results -> results.path("version").longValue(-2))
                    .orElse(-2L);
            if (reader.status().equals("final") && reader.version() == version) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                offences.add(
                        Law.RESULTS,
                        "a reader was last shown version %d, %s; it is at version %d"
                                .formatted(reader.version(), reader.status(), version));
                return;
            }
            Thread.sleep(PAUSE_MS);
        }
    }
}
