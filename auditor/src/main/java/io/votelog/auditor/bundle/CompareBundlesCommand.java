// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.bundle;

import io.votelog.auditor.commands.KeyOptions;
import io.votelog.auditor.commands.ProgressOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor compare-bundles}. */
@Command(
        name = "compare-bundles",
        sortOptions = false,
        description = {
            "Holds two bundles of one vote against each other, as two people made or got them: announcements, final results, the"
                    + " sealed log's trees, the logs.",
            "",
            "Whether each is right in itself verify-bundle says. Two trees that contradict each other, both signed, are the proof that"
                    + " the log told two people different things: keep both bundles."
        },
        footer = {
            "",
            "Exit codes: 0 both tell the same, 1 they contradict each other, 2 it could not be run, 3 no contradiction, and one of"
                    + " them goes on where the other ends, or something could not be looked at."
        })
public final class CompareBundlesCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "a bundle")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path fileA;

    @Parameters(index = "1", paramLabel = "B", description = "another one")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path fileB;

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--log-key",
            paramLabel = "VKEY",
            description =
                    "the public keys of the sealed log, as keygen printed them (default: those of A, which must be those of B)")
    private List<String> logKeys = new ArrayList<>();

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description =
                    "where the bundles are unpacked; it needs as much room as both (default: where temporary files go)")
    private @Nullable Path work;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() throws IOException {
        var given = keys.given() ? keys.keys() : null;
        var logKey = logKeys.isEmpty() ? null : SealedLogOptions.key(logKeys);
        try (UnpackedBundle a = new UnpackedBundle(fileA, work);
                UnpackedBundle b = new UnpackedBundle(fileB, work)) {
            return new BundleComparison(a, b, given, logKey, talk.progress(json))
                    .run()
                    .printTo(System.out, json);
        }
    }
}
