// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.bundle.BundleManifest.Ballot;
import io.votelog.auditor.replay.PublishedRecords;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.Seal;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.verify.SealedStatement;
import io.votelog.events.BallotResults;
import io.votelog.events.BallotStatus;
import io.votelog.schemas.BallotDefinition;
import io.votelog.schemas.MalformedEventException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds the documents of final results to what was sealed, and to what was published and counted: in the log's topic of
 * results where the log is in the bundle, else in the export.
 */
final class ResultsAgreement {
    private final UnpackedBundle bundle;
    private final List<String> differences = new ArrayList<>();
    private final List<String> waiting = new ArrayList<>();
    private final Map<String, FinalResult> results = new TreeMap<>();

    ResultsAgreement(UnpackedBundle bundle) {
        this.bundle = bundle;
    }

    /**
     * @param seals the seals of the trees; null where the trees are not at hand
     * @param log the log itself; null where it is not in the bundle
     */
    Finding run(@Nullable List<Seal> seals, @Nullable LogSource log) {
        for (Ballot ballot : bundle.manifest().ballots()) {
            document(ballot);
        }
        if (seals != null) {
            sealed(Statements.newest(seals));
        }
        if (log == null) {
            exported();
        } else {
            published(log);
        }
        if (differences.isEmpty() && !waiting.isEmpty()) {
            return Finding.skip(String.join("\n", waiting));
        }
        return Finding.of(
                differences,
                "%s; %s%s"
                        .formatted(
                                Texts.count(results.size(), "ballot"),
                                log == null ? "sealed and exported" : "sealed, published, and counted in check 10",
                                seals == null ? ". That they are sealed is not looked at without the tiles" : ""));
    }

    private void document(Ballot ballot) {
        String path = BundlePaths.results(ballot.ballotId());
        FinalResult result = FinalResult.read(bundle.path(path));
        if (!result.ballotId().equals(ballot.ballotId())
                || !result.digest().equals(ballot.digest())
                || result.revision() != ballot.revision()) {
            differences.add("%s is of %s, definition %s, revision %d; %s names %s, %s, %d"
                    .formatted(
                            path,
                            result.ballotId(),
                            result.digest(),
                            result.revision(),
                            BundlePaths.MANIFEST,
                            ballot.ballotId(),
                            ballot.digest(),
                            ballot.revision()));
            return;
        }
        results.put(ballot.ballotId(), result);
        if (!bundle.text(BundlePaths.table(ballot.ballotId())).equals(result.table())) {
            differences.add("%s has other numbers than %s".formatted(BundlePaths.table(ballot.ballotId()), path));
        }
    }

    private void sealed(Map<String, Seal.OfResult> newest) {
        for (FinalResult result : results.values()) {
            Seal.OfResult seal = newest.get(result.ballotId());
            if (seal == null || seal.revision() < result.revision()) {
                waiting.add("revision %d of the results of %s is not sealed%s"
                        .formatted(
                                result.revision(),
                                result.ballotId(),
                                seal == null ? "" : "; revision %d is".formatted(seal.revision())));
                continue;
            }
            String difference = result.difference(SealedStatement.parse(seal.statement()));
            if (difference != null) {
                differences.add("%s, %s".formatted(result.ballotId(), difference));
            }
        }
        for (String id : new TreeSet<>(newest.keySet())) {
            if (!results.containsKey(id)) {
                differences.add("the results of %s are sealed, and not in the bundle".formatted(id));
            }
        }
    }

    private void exported() {
        PublicTallies tallies = new PublicTallies(bundle);
        String table = tallies.otherTable();
        if (table != null) {
            differences.add("%s has other rows than the lines beside it".formatted(table));
        }
        for (FinalResult result : results.values()) {
            String difference = tallies.difference(result);
            if (difference != null) {
                differences.add("%s, %s".formatted(result.ballotId(), difference));
            }
        }
    }

    private void published(LogSource log) {
        Map<String, BallotResults> newest = PublishedRecords.newest(log);
        for (BallotResults published : newest.values()) {
            if (published.getStatus() != BallotStatus.FINAL) {
                continue;
            }
            FinalResult result = results.get(published.getBallotId());
            if (result == null) {
                differences.add("final results of %s are published in the log, and are not in the bundle"
                        .formatted(published.getBallotId()));
                continue;
            }
            String difference = result.difference(
                    FinalResult.of(published, definition(result.ballotId())), "in the bundle", "published");
            if (difference != null) {
                differences.add("%s, %s".formatted(result.ballotId(), difference));
            }
        }
        for (FinalResult result : results.values()) {
            BallotResults published = newest.get(result.ballotId());
            if (published == null || published.getStatus() != BallotStatus.FINAL) {
                differences.add(
                        "the results of %s are final in the bundle, and not in the log".formatted(result.ballotId()));
            }
        }
    }

    private BallotDefinition definition(String ballotId) {
        try {
            return BallotDefinition.parse(bundle.text(BundlePaths.definition(ballotId)));
        } catch (MalformedEventException e) {
            throw new AuditException(
                    "%s is no definition: %s".formatted(BundlePaths.definition(ballotId), e.getMessage()), e);
        }
    }
}
