// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealedLogFiles;
import io.votelog.auditor.seal.SealedLogKey;
import io.votelog.auditor.tlog.Checkpoint;
import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.StrictEncoding;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.tiles.TileSource;
import io.votelog.auditor.verify.TwoCheckpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code votelog-auditor equivocation}. */
@Command(
        name = "equivocation",
        sortOptions = false,
        description = {
            "Finds out whether a sealed log told two people different things.",
            "",
            "It takes two checkpoints, as two people got them. Both must be signed by the log, and then they bind it: two"
                    + " checkpoints of one size with different roots can't both be of one log, and the two files are the"
                    + " proof, which everybody can check who has the log's key. Two of different sizes contradict each"
                    + " other when the larger log does not begin with the smaller one; that the log's tiles tell (--log)."
        },
        footer = {
            "",
            "Exit codes: 0 they do not contradict each other, 1 a contradiction is proven, 2 neither could be shown, and"
                    + " why.",
            "",
            "  java -jar auditor/target/votelog-auditor.jar equivocation mine.checkpoint hers.checkpoint \\",
            "      --log-key vote.example/2021+a1b2c3d4+AZ... --log https://vote.example/2021/"
        })
public final class EquivocationCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "a file with a checkpoint")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path fileA;

    @Parameters(index = "1", paramLabel = "B", description = "a file with another one")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path fileB;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Trust trust;

    @Option(
            names = "--log",
            paramLabel = "DIR|URL",
            description =
                    "the log's tiles; needed for checkpoints of different sizes. They are believed as far as they hash to"
                            + " the larger checkpoint's root, so it does not matter where they are from")
    private @Nullable String log;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    private static final class Trust {
        @Option(
                names = "--log-key",
                paramLabel = "VKEY",
                description =
                        "the log's public key, or the keys of its two trees, as keygen printed it and the log's owner"
                                + " published it; may be given several times")
        private List<String> keys = new ArrayList<>();

        @Option(
                names = "--policy",
                paramLabel = "FILE",
                description =
                        "a policy (c2sp.org/tlog-policy) that names the log's key; its quorum is not asked for, because a"
                                + " log is bound by what it signs, witnessed or not")
        private @Nullable Path policy;
    }

    private enum Outcome {
        CONSISTENT(Report.PASSED),
        CONTRADICTION(Report.MISMATCH);

        private final int exitCode;

        Outcome(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    private record Answer(Outcome outcome, String why) {}

    @Override
    public Integer call() {
        try {
            List<NoteVerifier> keys = keys();
            Checkpoint a = signed(fileA, keys);
            Checkpoint b = signed(fileB, keys);
            if (!a.origin().equals(b.origin())) {
                throw new AuditException("%s is of the log %s, and %s of %s: two logs can't contradict each other"
                        .formatted(fileA, a.origin(), fileB, b.origin()));
            }
            Answer answer = compare(a, b);
            print(a, b, answer);
            return answer.outcome().exitCode;
        } catch (TlogException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<NoteVerifier> keys() {
        if (trust.policy != null) {
            return SealedLogOptions.policy(trust.policy).logs().stream()
                    .map(Policy.Log::key)
                    .toList();
        }
        List<NoteVerifier> keys = new ArrayList<>();
        for (String text : trust.keys) {
            for (String word : text.strip().split("\\s+")) {
                keys.add(NoteVerifier.parse(word));
            }
        }
        if (keys.size() == 1) {
            // One key: that of a log with a single tree, or of a sealed log with one key for both trees.
            SealedLogKey both = SealedLogKey.of(keys.get(0));
            keys.add(both.votes());
            keys.add(both.verdicts());
        }
        return keys;
    }

    private static Checkpoint signed(Path file, List<NoteVerifier> keys) {
        SignedNote note;
        Checkpoint checkpoint;
        try {
            note = SignedNote.parse(InputFile.bytes(file, SignedNote.LONGEST));
            checkpoint = Checkpoint.parse(note.text());
        } catch (TlogException e) {
            throw new AuditException("%s: %s".formatted(file, e.getMessage()), e);
        }
        if (keys.stream().noneMatch(key -> key.name().equals(checkpoint.origin()) && note.signedBy(key))) {
            throw new AuditException(
                    "%s says that it is of the log %s, and is signed by no key of that name that was given: it binds nobody"
                            .formatted(file, checkpoint.origin()));
        }
        return checkpoint;
    }

    private Answer compare(Checkpoint a, Checkpoint b) {
        TwoCheckpoints both = TwoCheckpoints.of(a, fileA.toString(), b, fileB.toString());
        // Tiles are opened only where they are needed, since the log may be a server.
        TwoCheckpoints.Finding finding =
                both.compare(log == null || !both.needsTiles() ? null : source(log, a.origin()));
        return new Answer(finding.contradiction() ? Outcome.CONTRADICTION : Outcome.CONSISTENT, finding.why());
    }

    /**
     * The files of the tree with this origin. A sealed log's trees are below its folder or URL; another log's files are
     * directly in it.
     */
    private static TileSource source(String log, String origin) {
        return SealedLog.of(origin).map(tree -> SealedLogFiles.of(tree, log)).orElseGet(() -> SealedLogFiles.of(log));
    }

    private void print(Checkpoint a, Checkpoint b, Answer answer) {
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("outcome", answer.outcome() == Outcome.CONSISTENT ? "consistent" : "contradiction");
            document.put("origin", a.origin());
            document.put("a", tree(a));
            document.put("b", tree(b));
            document.put("why", answer.why());
            spec.commandLine().getOut().println(Texts.JSON.writeValueAsString(document));
            return;
        }
        spec.commandLine()
                .getOut()
                .println(answer.outcome() == Outcome.CONSISTENT ? "No contradiction." : "CONTRADICTION, proven.");
        spec.commandLine().getOut().println(answer.why());
    }

    private static Map<String, Object> tree(Checkpoint checkpoint) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("size", checkpoint.size());
        tree.put("root", StrictEncoding.base64(checkpoint.root()));
        return tree;
    }
}
