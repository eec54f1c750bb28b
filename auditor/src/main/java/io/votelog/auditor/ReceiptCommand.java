package io.votelog.auditor;

import io.votelog.auditor.tlog.NoteVerifier;
import io.votelog.schemas.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
final class ReceiptCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    /** Without a command there is nothing to do. */
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
                        + " choices."
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
            NoteVerifier key = trust.key();
            try (LogSource source = votes.open()) {
                ReceiptProofs proofs = new ReceiptSearch(source, log, key).find(wanted, offset);
                String prefix = prefix(receipt, name);
                Path vote = Path.of(prefix + ".vote.tlog-proof");
                Path verdict = Path.of(prefix + ".verdict.tlog-proof");
                Files.writeString(vote, proofs.vote().text());
                Files.writeString(verdict, proofs.verdict().text());
                if (json) {
                    Map<String, Object> document = new LinkedHashMap<>();
                    document.put("receipt", receipt);
                    document.put("vote", vote.toString());
                    document.put("verdict", verdict.toString());
                    System.out.println(Texts.JSON.writeValueAsString(document));
                } else {
                    System.out.printf("%s%n%s%n", vote, verdict);
                }
                return Report.PASSED;
            }
        }
    }

    /** What the names of the files begin with. By default with no dash: to the next program that would be an option. */
    static String prefix(String receipt, @Nullable String name) {
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
