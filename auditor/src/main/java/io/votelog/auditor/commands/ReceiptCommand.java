// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.seal.CosignatureRequirement;
import io.votelog.auditor.source.LogSource;
import io.votelog.auditor.tlog.TlogProof;
import io.votelog.auditor.verify.ReceiptProofs;
import io.votelog.auditor.verify.ReceiptSearch;
import io.votelog.schemas.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code votelog-auditor receipt}. */
@Command(
        name = "receipt",
        subcommands = ReceiptCommand.Get.class,
        description = "Proofs that a receipt's vote is in the sealed log.")
public final class ReceiptCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    /** Refuses to run without a subcommand. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? receipt get");
    }

    /** {@code votelog-auditor receipt get}. */
    @Command(
            name = "get",
            sortOptions = false,
            description = {
                "Makes two files for a voter: the proof that the receipt's vote is in the sealed log, and the proof of the verdict"
                        + " on it. verify-receipt checks them anywhere, with the log's public key alone.",
                "",
                "It reads the log itself, since the sealed log does not say whose vote a leaf is. The proofs say nothing of the"
                        + " choices.",
                "",
                "Where a record in the log annuls the vote, that is said, and proven by two more files, NAME.annulment.tlog-proof and"
                        + " NAME.obeyed.tlog-proof."
            })
    static final class Get implements Callable<Integer> {
        @Parameters(paramLabel = "RECEIPT", description = "what the voter was given: 43 characters")
        @SuppressWarnings("NullAway.Init") // picocli sets it.
        private String receipt;

        @Option(
                names = "--log",
                required = true,
                paramLabel = "FOLDER|URL",
                description = "the sealed log: a folder that seal keeps, or where it is published")
        @SuppressWarnings("NullAway.Init") // picocli sets it.
        private String log;

        @Mixin
        private SealedLogOptions trust = new SealedLogOptions();

        @Mixin
        private LogOptions votes = new LogOptions();

        @Option(
                names = "--offset",
                paramLabel = "OFFSET",
                description = "the vote's offset, as the gateway answered it; without it the partition is searched")
        private @Nullable Long offset;

        @Option(
                names = "--out",
                paramLabel = "NAME",
                description = "the files are NAME.vote.tlog-proof and NAME.verdict.tlog-proof (default: the receipt)")
        private @Nullable String name;

        @Option(names = "--json", description = "the answer as JSON")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            Receipt wanted = receipt(receipt);
            try (LogSource source = votes.open();
                    ReceiptSearch search = new ReceiptSearch(source, log, trust.key())) {
                ReceiptSearch.Answer answer = search.find(wanted, offset);
                ReceiptProofs proofs = answer.proofs();
                trust.cosignatureRequirement().ifPresent(asked -> checkCosigned(asked, proofs));
                String prefix = prefix(receipt, name);
                Map<String, Object> document = new LinkedHashMap<>();
                document.put("receipt", receipt);
                document.put("vote", write(prefix + ".vote.tlog-proof", proofs.vote()));
                document.put("verdict", write(prefix + ".verdict.tlog-proof", proofs.verdict()));
                if (proofs.annulment() != null) {
                    document.put(
                            "annulment",
                            write(
                                    prefix + ".annulment.tlog-proof",
                                    proofs.annulment().record()));
                    document.put(
                            "obeyed",
                            write(
                                    prefix + ".obeyed.tlog-proof",
                                    proofs.annulment().obeyed()));
                }
                if (answer.annulled() != null) {
                    document.put("annulledBy", answer.annulled().toString());
                }
                if (!answer.annulmentSays().isEmpty()) {
                    document.put("ofAnnulments", answer.annulmentSays());
                }
                if (json) {
                    System.out.println(Texts.JSON.writeValueAsString(document));
                } else {
                    say(document);
                }
                return Report.PASSED;
            }
        }

        /** Refuses proofs whose checkpoints lack the required cosignatures, since they would not pass. */
        private static void checkCosigned(CosignatureRequirement asked, ReceiptProofs proofs) {
            for (TlogProof proof : List.of(proofs.vote(), proofs.verdict())) {
                String missing = asked.policy().missing(proof.checkpoint(), asked.times());
                if (!missing.isEmpty()) {
                    throw new AuditException("the checkpoint is not cosigned as the policy asks: " + missing);
                }
            }
        }

        private static String write(String file, TlogProof proof) throws IOException {
            Files.writeString(Path.of(file), proof.text());
            return file;
        }

        /** Prints the files' names alone on standard output, so that a script can use them. */
        private static void say(Map<String, Object> document) {
            for (String file : List.of("vote", "verdict", "annulment", "obeyed")) {
                if (document.containsKey(file)) {
                    System.out.println(document.get(file));
                }
            }
            if (document.containsKey("annulledBy")) {
                System.err.printf("The vote was annulled: %s%n", document.get("annulledBy"));
            }
            if (document.containsKey("ofAnnulments")) {
                System.err.println(document.get("ofAnnulments"));
            }
        }
    }

    /**
     * The beginning of the files' names. By default it has no leading dash, which the next program would take for an
     * option.
     */
    public static String prefix(String receipt, @Nullable String name) {
        if (name != null) {
            return name;
        }
        return receipt.startsWith("-") ? "./" + receipt : receipt;
    }

    static Receipt receipt(String text) {
        return Receipt.parse(text)
                .orElseThrow(() -> new AuditException(
                        "'%s' is no receipt: 43 characters of base64url are needed".formatted(text)));
    }
}
