package io.votelog.auditor;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code votelog-auditor replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads the log from its first record, decides and counts every vote again, and compares: every verdict with decisions,"
                    + " every number with results. Names the first difference with its partition and offset."
        })
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @Option(
            names = "--ballot",
            paramLabel = "ID",
            description = "compare the results of this ballot; may be given several times (default: of all)")
    private Set<String> ballots = new TreeSet<>();

    @Mixin
    private ReplayOptions options = new ReplayOptions();

    @Mixin
    private ReadOptions reading = new ReadOptions();

    @Override
    public Integer call() {
        try (LogSource source = log.open()) {
            return new Replay(source, keys.keys(), ballots, reading.threads(), options, Progress.onTerminal())
                    .run()
                    .printTo(System.out, reading.json());
        }
    }
}
