// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.account;

import io.votelog.infra.chaos.system.Auditor;
import io.votelog.infra.chaos.system.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has the auditor replay the log and verify what was sealed of it. */
final class AuditorCheck {
    private static final int NOTHING_SEEN_BEFORE = 3;

    private final Scene scene;
    private final Path state;
    private final List<String> promises;
    private final Offences offences;

    /**
     * @param state where the auditor keeps what it has seen of the sealed log
     * @param promises answers with which gateways promised votes
     */
    AuditorCheck(Scene scene, Path state, List<String> promises, Offences offences) {
        this.scene = scene;
        this.state = state;
        this.promises = promises;
        this.offences = offences;
    }

    void run() {
        scene.sealer().child().kill();
        Auditor.Said sealed = scene.sealer().sealOnce();
        require(sealed.exitCode() == 0, "seal --once", sealed);

        List<String> replay = new ArrayList<>(List.of(
                "replay",
                "--bootstrap-servers",
                scene.kafka().bootstrapServers(),
                "--public-key",
                scene.plan().secrets().signingKey(),
                "--complete",
                "--quiet"));
        if (!promises.isEmpty()) {
            replay.addAll(List.of("--promises", promises().toString()));
        }
        Auditor.Said replayed = scene.auditor().run(replay.toArray(String[]::new));
        require(replayed.exitCode() == 0, "replay", replayed);

        // The first look has nothing to hold the sealed log to, and says so.
        Auditor.Said first = verify();
        require(first.exitCode() == 0 || first.exitCode() == NOTHING_SEEN_BEFORE, "verify", first);
        Auditor.Said second = verify();
        require(second.exitCode() == 0, "verify, the second time", second);
    }

    private Path promises() {
        try {
            return Files.write(state.resolveSibling("promises.jsonl"), promises);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Auditor.Said verify() {
        return scene.auditor()
                .run(
                        "verify",
                        "--log",
                        scene.sealer().folder().toString(),
                        "--log-key",
                        scene.sealer().logKey(),
                        "--bootstrap-servers",
                        scene.kafka().bootstrapServers(),
                        "--public-key",
                        scene.plan().secrets().signingKey(),
                        "--state",
                        state.toString(),
                        "--max-unsealed",
                        "0",
                        "--quiet");
    }

    private void require(boolean passed, String what, Auditor.Said said) {
        if (!passed) {
            offences.add(Law.AUDITOR, "%s ends with %d: %s".formatted(what, said.exitCode(), tell(said.text())));
        }
    }

    private static String tell(String text) {
        String failed = text.lines()
                .filter(line -> line.matches(" *\\d+ +(FAIL|SKIPPED).*"))
                .reduce("", (before, line) -> before + line.strip() + "; ");
        return failed + text.lines().reduce("", (before, line) -> line).strip();
    }
}
