// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.PrivateFiles;
import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.SealedLog;
import io.votelog.auditor.seal.SealingKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code votelog-auditor keygen}. */
@Command(
        name = "keygen",
        sortOptions = false,
        description = {
            "Makes the keys with which a sealed log signs its checkpoints, one for each of its two trees.",
            "",
            "The private keys go into a file that its owner alone may read; whoever has it can sign checkpoints in the"
                    + " log's name. The public ones are printed, a line for each tree: publish them where people look for"
                    + " them before the first ballot, because who checks a checkpoint must have the key from elsewhere than"
                    + " from the log. Both lines together are what --log-key wants.",
        },
        footer = {
            "",
            "Exit codes: 0 the keys are made, 2 they are not; an existing file is never overwritten.",
            "",
            "Both are in the form of golang.org/x/mod/sumdb/note (c2sp.org/signed-note), Ed25519:",
            "  java -jar auditor/target/votelog-auditor.jar keygen --origin vote.example/2021 --out log-key"
        })
public final class KeygenCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Option(
            names = "--origin",
            paramLabel = "NAME",
            required = true,
            description =
                    "the log's name in each of its checkpoints: by custom a URL without https://, with neither spaces nor"
                            + " plus, such as vote.example/2021")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String origin;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "the file for the private keys; it must not exist")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path out;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        SealingKey made;
        try {
            made = SealingKey.generate(origin);
        } catch (IllegalArgumentException e) {
            throw new AuditException("--origin: " + e.getMessage(), e);
        }
        write(made.text());
        PrintWriter standard = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("origin", made.origin());
            for (SealedLog tree : SealedLog.values()) {
                document.put(tree.path(), made.publicKey().of(tree).vkey());
            }
            document.put("privateKeyFile", out.toString());
            standard.println(Texts.JSON.writeValueAsString(document));
        } else {
            // The public keys alone, so that a script can use them: --log-key "$(… keygen …)".
            for (SealedLog tree : SealedLog.values()) {
                standard.println(made.publicKey().of(tree).vkey());
            }
            spec.commandLine()
                    .getErr()
                    .printf("The private keys are in %s; the lines above are the public ones.%n", out);
        }
        return Report.PASSED;
    }

    private void write(String text) {
        try (FileChannel file = PrivateFiles.newFile(out)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        } catch (FileAlreadyExistsException e) {
            throw new AuditException(
                    "%s exists, and is not overwritten: a log whose key is lost can't go on under its name"
                            .formatted(out),
                    e);
        } catch (IOException e) {
            throw new AuditException("%s can't be written: %s".formatted(out, Texts.reason(e)), e);
        }
    }
}
