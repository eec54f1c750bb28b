// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench;

import io.votelog.rules.Ballot;
import io.votelog.schemas.BallotFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** The ballot that Votelog was made for: 43 cases in two parts. */
final class SeedBallot {
    private static final String FILE = "infra/local/ballots/gz-customs-2021.yaml";
    private static final Duration OPEN_FOR = Duration.ofDays(7);

    private SeedBallot() {}

    static Ballot read() {
        return read(Bench.root().resolve(FILE));
    }

    static Ballot read(Path file) {
        try {
            return valid(BallotFile.YAML.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same ballot, open from the minute of {@code now} for seven days. */
    static Ballot openFrom(Ballot ballot, Instant now) {
        Instant opensAt = now.truncatedTo(ChronoUnit.MINUTES);
        Map<String, Object> plain = ballot.toPlain();
        plain.put(
                "window",
                Map.of(
                        "opensAt", opensAt.toString(),
                        "closesAt", opensAt.plus(OPEN_FOR).toString()));
        return valid(Ballot.parse(plain));
    }

    private static Ballot valid(Ballot.Definition read) {
        if (read instanceof Ballot.Definition.Valid valid) {
            return valid.ballot();
        }
        throw new BenchException("the seed's ballot is refused: " + read);
    }
}
