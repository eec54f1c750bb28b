package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteSigner;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code votelog-auditor keygen}. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes the key that seal signs with, and prints its public key, which auditors and voters need.",
            "",
            "Tell the public key by another road than the log: in the announcement of the vote, for instance."
        })
final class KeygenCommand implements Callable<Integer> {
    @Option(
            names = "--origin",
            required = true,
            paramLabel = "NAME",
            description =
                    "what the log is called, by custom where it is published, without https://: votes.example.org/2021")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String origin;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "where the private key goes, readable by you alone; a file that is there is not written over")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    @Override
    public Integer call() {
        NoteSigner signer;
        try {
            signer = NoteSigner.generate(origin);
        } catch (IllegalArgumentException e) {
            throw new AuditException("--origin: " + e.getMessage(), e);
        }
        FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createFile(file, ownerOnly);
            Files.writeString(file, signer.text() + "\n", StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new AuditException(
                    "%s is there already, and a key that is lost cannot be had again".formatted(file), e);
        } catch (IOException e) {
            throw new AuditException("%s cannot be written: %s".formatted(file, e), e);
        }
        System.out.println(signer.verifier().vkey());
        for (SealedLog tree : SealedLog.values()) {
            System.out.println(tree.verifier(signer.verifier()).vkey());
        }
        return Report.PASSED;
    }
}
