package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteSigner;
import java.io.IOException;
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
            "Makes the key with which a sealed log signs its checkpoints.",
            "",
            "The private key goes into a file that its owner alone may read; whoever has it can sign checkpoints in the"
                    + " log's name. The public one is printed: publish it where people look for it before the first"
                    + " ballot, because who checks a checkpoint must have the key from elsewhere than from the log.",
        },
        footer = {
            "",
            "Exit codes: 0 the key is made, 2 it is not; an existing file is never overwritten.",
            "",
            "Both are in the form of golang.org/x/mod/sumdb/note (c2sp.org/signed-note), Ed25519:",
            "  java -jar auditor/target/votelog-auditor.jar keygen --origin vote.example/2021 --out log-key"
        })
final class KeygenCommand implements Callable<Integer> {
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
            description = "the file for the private key; it must not exist")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path out;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        NoteSigner signer;
        try {
            signer = NoteSigner.generate(origin);
        } catch (IllegalArgumentException e) {
            throw new AuditException("--origin: " + e.getMessage(), e);
        }
        write(signer.text() + "\n");
        String vkey = signer.verifier().vkey();
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("origin", origin);
            document.put("publicKey", vkey);
            for (SealedLog tree : SealedLog.values()) {
                document.put(tree.path(), tree.verifier(signer.verifier()).vkey());
            }
            document.put("privateKeyFile", out.toString());
            spec.commandLine().getOut().println(Texts.JSON.writeValueAsString(document));
        } else {
            // Alone on its line, so that a script can take it.
            spec.commandLine().getOut().println(vkey);
            spec.commandLine().getErr().printf("The private key is in %s; the line above is the public one.%n", out);
            spec.commandLine().getErr().println("To other programs the two trees of the log have these names:");
            for (SealedLog tree : SealedLog.values()) {
                spec.commandLine()
                        .getErr()
                        .println(tree.verifier(signer.verifier()).vkey());
            }
        }
        return Report.PASSED;
    }

    private void write(String text) {
        try (FileChannel file = OwnerOnly.newFile(out)) {
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
