// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.auditor.restore.Restore;
import io.votelog.auditor.source.DumpSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor restore}. */
@Command(
        name = "restore",
        sortOptions = false,
        description = {
            "Writes the votes, ballots and seals of a dump to brokers that have none: every vote and ballot at the offset and with the"
                    + " time that it had, seals in their order. Gateways and streams-apps refuse to start until all is there. Verdicts, tallies and results"
                    + " are made from votes again by the streams-apps.",
            "",
            "The brokers then say of restored records that their writer named their times. So an audit of the restored log is told what it"
                    + " was restored from: replay --restored-from FOLDER."
        })
public final class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "a copy of the log, made by the command dump")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path folder;

    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "brokers without a log, with commas between")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String bootstrapServers;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description =
                    "settings of the Kafka clients, such as TLS and SASL, as Kafka's own tools take them, of somebody who may make topics")
    private @Nullable Path commandConfig;

    @Option(
            names = "--flush",
            description =
                    "brokers sync votes, ballots and seals from then on before they acknowledge them (votelog.topics.flush)")
    private boolean flush;

    @Option(names = "--json", description = "the answer as JSON: by topic, how many records were written")
    private boolean json;

    @Mixin
    private ProgressOptions talk = new ProgressOptions();

    @Override
    public Integer call() {
        try (DumpSource dump = new DumpSource(folder)) {
            Map<String, Long> written = new Restore(
                            dump,
                            bootstrapServers,
                            LogOptions.clientProperties(commandConfig),
                            flush,
                            talk.progress(json))
                    .run();
            if (json) {
                System.out.println(Texts.JSON.writeValueAsString(written));
            } else {
                written.forEach((topic, records) ->
                        System.out.println("%s: %s".formatted(topic, Texts.count(records, "record"))));
            }
            return Report.PASSED;
        }
    }
}
