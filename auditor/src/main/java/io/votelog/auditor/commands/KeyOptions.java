// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.files.InputFile;
import io.votelog.auditor.report.AuditException;
import io.votelog.schemas.LogKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options that name the log's public keys, which the auditor trusts. */
public final class KeyOptions {
    @Option(
            names = "--public-key",
            paramLabel = "BASE64",
            description = "an Ed25519 key whose control records the log obeys, base64 of its 32 raw bytes; may be given"
                    + " several times")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--public-key-file",
            paramLabel = "FILE",
            description =
                    "a file with such keys, one a line or with commas between, as the apps' setting has them; may be given several"
                            + " times")
    private List<Path> files = new ArrayList<>();

    /** Whether any key is given. */
    public boolean given() {
        return !keys.isEmpty() || !files.isEmpty();
    }

    /**
     * @throws AuditException when no key is given, or one is invalid
     */
    public LogKeys keys() {
        List<String> all = new ArrayList<>(keys);
        for (Path file : files) {
            InputFile.text(file, InputFile.SMALL)
                    .lines()
                    .flatMap(line -> Stream.of(line.split(",")))
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(all::add);
        }
        if (all.isEmpty()) {
            throw new AuditException(
                    "which keys the log obeys is not said: --public-key or --public-key-file is needed. Take them from a"
                            + " place that you trust, not from the log");
        }
        try {
            return LogKeys.of(all);
        } catch (IllegalArgumentException e) {
            throw new AuditException(String.valueOf(e.getMessage()), e);
        }
    }
}
