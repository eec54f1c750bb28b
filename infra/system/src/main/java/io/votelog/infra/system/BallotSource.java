// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.rules.Ballot;
import io.votelog.rules.Fault;
import io.votelog.rules.Note;
import io.votelog.schemas.BallotFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A ballot to be published.
 *
 * @param ballot what it says
 * @param body what is sent
 * @param contentType of the body
 * @param asItStands whether it must be this definition that stands under the id
 * @param notes what of it was understood otherwise than it was written
 */
public record BallotSource(Ballot ballot, byte[] body, String contentType, boolean asItStands, List<Note> notes) {
    private static final String SEED = "infra/local/ballots/gz-customs-2021.yaml";
    private static final Duration OPEN_FOR = Duration.ofDays(7);

    /**
     * The ballot in a file, YAML unless its name ends in {@code .json}.
     *
     * @throws SystemException with every fault in it
     */
    public static BallotSource of(Path file) {
        BallotFile form =
                file.toString().toLowerCase(Locale.ROOT).endsWith(".json") ? BallotFile.JSON : BallotFile.YAML;
        byte[] bytes;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new SystemException("the ballot %s cannot be read: it is no regular file".formatted(file));
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BallotFile.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new SystemException("the ballot %s cannot be read: %s".formatted(file, e));
        }
        // Whether it may be published is the gateway's to say: it may stand there since less was asked.
        Ballot.Definition read = form.readPublished(bytes);
        if (read instanceof Ballot.Definition.Faulty faulty) {
            throw new SystemException("the ballot %s is refused: %s"
                    .formatted(
                            file, faulty.faults().stream().map(Fault::toString).collect(Collectors.joining("; "))));
        }
        Ballot.Definition.Valid valid = (Ballot.Definition.Valid) read;
        return new BallotSource(
                valid.ballot(),
                bytes,
                form == BallotFile.JSON ? "application/json" : "application/yaml",
                true,
                valid.notes());
    }

    /** The ballot that Votelog was made for: 43 cases in two parts. */
    public static BallotSource seed(Path repository) {
        return of(repository.resolve(SEED));
    }

    /** The same ballot, open from the minute of {@code now} for seven days. Whatever stands under its id already is as good. */
    public BallotSource openFrom(Instant now) {
        return open(ballot, now);
    }

    /** A ballot, open from the minute of {@code now} for seven days. Whatever stands under its id already is as good. */
    public static BallotSource open(Ballot ballot, Instant now) {
        Instant opensAt = now.truncatedTo(ChronoUnit.MINUTES);
        Map<String, Object> plain = ballot.toPlain();
        plain.put(
                "window",
                Map.of(
                        "opensAt", opensAt.toString(),
                        "closesAt", opensAt.plus(OPEN_FOR).toString()));
        if (!(Ballot.parse(plain) instanceof Ballot.Definition.Valid moved)) {
            throw new IllegalStateException("a ballot that was well-formed is not when its window is moved");
        }
        return new BallotSource(
                moved.ballot(), new JsonMapper().writeValueAsBytes(plain), "application/json", false, List.of());
    }
}
