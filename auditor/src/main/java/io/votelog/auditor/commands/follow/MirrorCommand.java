// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import io.votelog.auditor.commands.ProgressOptions;
import io.votelog.auditor.commands.SealedLogOptions;
import io.votelog.auditor.mirror.Mirror;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.StrictEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor mirror}. */
@Command(
        name = "mirror",
        sortOptions = false,
        description = {
            "Keeps a full copy of a sealed log in a folder, from which others can verify as from the log itself: with verify --log FOLDER,"
                    + " or over any web server that publishes the folder.",
            "",
            "It goes forward only, to checkpoints that the log signed and that continue the copy, after it has verified every new tile"
                    + " and entry and written it to the disk. Whenever it is killed, the copy is whole, and the next run goes on.",
            "",
            "Exit codes with --once: 0 the copy is what is shown, 1 the log contradicts the copy, which is proven, 2 the log could not be"
                    + " read, 3 what is shown was not copied: an older tree, not cosigned as the policy asks, or damaged."
        })
public final class MirrorCommand implements Callable<Integer> {
    private static final String LOCK = ".lock";

    @Option(
            names = "--log",
            required = true,
            paramLabel = "FOLDER|URL",
            description = "the sealed log, or another mirror of it")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String log;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "where the copy is kept")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path folder;

    @Mixin
    private SealedLogOptions trust = new SealedLogOptions();

    @Mixin
    private Rounds rounds = new Rounds();

    @Option(names = "--json", description = "a line of JSON for each event")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    /** What kept the copy back in the round before; it is said once. */
    private List<String> said = List.of();

    @Override
    public Integer call() throws InterruptedException {
        rounds.check();
        SealedLogKey key = trust.key();
        Policy policy = trust.witnesses();
        Duration oldest = trust.oldestCosignature();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new AuditException("%s cannot be made: %s".formatted(folder, Texts.reason(e)), e);
        }
        Mirror[] mirror = new Mirror[1];
        return rounds.run(folder.resolve(LOCK), "mirror into " + folder, now -> {
            if (mirror[0] == null) {
                mirror[0] = new Mirror(log, key, folder, policy, oldest, talk.progress(json));
            }
            Mirror.Round round = mirror[0].round(now);
            say(mirror[0], round, now);
            return round.exitCode();
        });
    }

    private void say(Mirror mirror, Mirror.Round round, Instant now) {
        if (round.changed() || rounds.once()) {
            mirrored(mirror, now);
        }
        if (!round.why().equals(said)) {
            round.why().forEach(why -> trouble(why, round.exitCode(), now));
            if (round.why().isEmpty() && !json) {
                System.out.printf("%s what is shown is copied again%n", now);
            }
        }
        said = round.why();
    }

    private void mirrored(Mirror mirror, Instant now) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "mirrored");
        line.put("time", now.toString());
        StringBuilder text = new StringBuilder();
        for (SealedLog tree : SealedLog.values()) {
            SignedNote note = mirror.kept(tree);
            if (note != null) {
                Checkpoint checkpoint = Checkpoint.parse(note.text());
                Map<String, Object> of = new LinkedHashMap<>();
                of.put("leaves", checkpoint.size());
                of.put("root", StrictEncoding.base64(checkpoint.root()));
                of.put("signatures", note.signatures().size());
                line.put(tree.path(), of);
                text.append(String.format(
                        Locale.ROOT, "%s%,d leaves of %s", text.isEmpty() ? "" : ", ", checkpoint.size(), tree.path()));
            }
        }
        if (json) {
            System.out.println(Texts.JSON_LINE.writeValueAsString(line));
        } else {
            System.out.printf("%s mirrored: %s%n", now, text.isEmpty() ? "nothing yet" : text);
        }
    }

    private void trouble(String why, int exitCode, Instant now) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "trouble");
            line.put("time", now.toString());
            line.put("exitCode", exitCode);
            line.put("detail", why);
            System.out.println(Texts.JSON_LINE.writeValueAsString(line));
        } else {
            System.out.printf("%s not copied: %s%n", now, why);
        }
    }
}
