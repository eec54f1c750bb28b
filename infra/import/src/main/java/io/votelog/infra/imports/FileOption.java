// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.PabulibBallot;
import io.votelog.infra.imports.pabulib.PabulibException;
import io.votelog.infra.imports.pabulib.PabulibFile;
import io.votelog.infra.imports.pabulib.PabulibReader;
import io.votelog.rules.Ballot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The file of a vote that was held elsewhere, and the id of its ballot here. */
final class FileOption {
    @Parameters(paramLabel = "FILE", description = "an approval vote in Pabulib's format (.pb)")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Option(
            names = "--ballot",
            paramLabel = "ID",
            description = "the id of its ballot here (default: made of the file's name)")
    private @Nullable String ballot;

    /** @throws ImportException where the file cannot be read, or its votes are no approval votes */
    PabulibFile read() {
        try {
            return PabulibReader.read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ImportException("%s cannot be read: %s".formatted(file, e));
        } catch (PabulibException e) {
            throw new ImportException("%s: %s".formatted(file, e.getMessage()));
        }
    }

    Path file() {
        return file;
    }

    /** @throws ImportException where no ballot can have that id */
    String ballotId() {
        String id = ballot == null ? PabulibBallot.idOf(file.getFileName().toString()) : ballot;
        if (!Ballot.isId(id)) {
            throw new ImportException(
                    "--ballot is '%s'; an id has 2 to 63 of a-z, 0-9 and -, not - first".formatted(id));
        }
        return id;
    }
}
