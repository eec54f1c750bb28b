package io.votelog.infra.local;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is asked for on the command line. */
@Command(
        name = "infra/up",
        sortOptions = false,
        description = "Runs Votelog on this machine: Kafka, the ballot API, the results, and the seed's ballot."
                + " Ctrl-C stops it; the votes stay.",
        exitCodeOnInvalidInput = 2)
final class Options {
    /** The demo's bound: beyond it the machine measures its own client. */
    static final int MAX_DEMO = 20_000;

    /** Keeps every port, the highest of them 9094, below 65,536. */
    static final int MAX_PORT_OFFSET = 56_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any option.
    private CommandSpec spec;

    @Option(names = "--fresh", description = "forget the votes of earlier runs; says what it removes")
    private boolean fresh;

    private int demo;

    @Option(
            names = "--ballot",
            paramLabel = "FILE",
            description = "publish this ballot too (YAML or JSON), as it stands")
    private @Nullable Path ballot;

    @Option(
            names = "--cluster",
            description = "three brokers and a controller, two of each app; what dies is reported and the rest goes on")
    private boolean cluster;

    private int portOffset;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description = "where the folder .votelog is, with data, logs and secrets (default: beside infra/)")
    private @Nullable Path dir;

    @Option(names = "--help", usageHelp = true, description = "say this (also: -h)")
    private boolean help;

    @Option(
            names = "--demo",
            paramLabel = "N",
            description = "cast N votes a second from invented voters, 1 to " + MAX_DEMO)
    void demo(int votesPerSecond) {
        requireRange("--demo", votesPerSecond, 1, MAX_DEMO);
        this.demo = votesPerSecond;
    }

    @Option(names = "--port-offset", paramLabel = "N", description = "add N to every port, 0 to " + MAX_PORT_OFFSET)
    void portOffset(int offset) {
        requireRange("--port-offset", offset, 0, MAX_PORT_OFFSET);
        this.portOffset = offset;
    }

    /** What reads these options. A value that begins with {@code @} is no file with further ones. */
    CommandLine commandLine() {
        return new CommandLine(this).setExpandAtFiles(false);
    }

    /** The same arguments without {@code -h}: as an option it would take each value that begins like it. */
    static String[] plain(String... arguments) {
        return Stream.of(arguments)
                .map(argument -> argument.equals("-h") ? "--help" : argument)
                .toArray(String[]::new);
    }

    private void requireRange(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(), "%s is %d; %d to %d is allowed".formatted(option, value, min, max));
        }
    }

    boolean fresh() {
        return fresh;
    }

    /** Votes a second, 0 for none. */
    int demo() {
        return demo;
    }

    @Nullable
    Path ballot() {
        return ballot;
    }

    boolean cluster() {
        return cluster;
    }

    int portOffset() {
        return portOffset;
    }

    @Nullable
    Path dir() {
        return dir;
    }

    boolean help() {
        return help;
    }
}
