// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is asked for on the command line; {@link Help} describes it. */
@Command(name = "infra/up", exitCodeOnInvalidInput = 2)
final class Options {
    /** The demo's bound: beyond it the machine measures its own client. */
    static final int MAX_DEMO = 20_000;

    /** Keeps every port, the highest of them 9094, below 65,536. */
    static final int MAX_PORT_OFFSET = 56_000;

    static final int MAX_WAIT_MINUTES = 1_440;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any option.
    private CommandSpec spec;

    @Option(names = "--fresh")
    private boolean fresh;

    private int demo;

    @Option(names = "--ballot", paramLabel = "FILE")
    private @Nullable Path ballot;

    @Option(names = "--cluster")
    private boolean cluster;

    @Option(names = "--flush")
    private boolean flush;

    @Option(names = "--secure")
    private boolean secure;

    @Option(names = "--unsealed")
    private boolean unsealed;

    @Option(names = "--observe")
    private boolean observe;

    private int portOffset;

    private int waitMinutes = 30;

    @Option(names = "--dir", paramLabel = "FOLDER")
    private @Nullable Path dir;

    @Option(names = "--help", usageHelp = true)
    private boolean help;

    @Option(names = "--demo", paramLabel = "N")
    void demo(int votesPerSecond) {
        requireRange("--demo", votesPerSecond, 1, MAX_DEMO);
        this.demo = votesPerSecond;
    }

    @Option(names = "--port-offset", paramLabel = "N")
    void portOffset(int offset) {
        requireRange("--port-offset", offset, 0, MAX_PORT_OFFSET);
        this.portOffset = offset;
    }

    @Option(names = "--wait", paramLabel = "N")
    void waitMinutes(int minutes) {
        requireRange("--wait", minutes, 1, MAX_WAIT_MINUTES);
        this.waitMinutes = minutes;
    }

    /** What reads these options. A value that begins with {@code @} is no file with further ones. */
    CommandLine commandLine() {
        return new CommandLine(this).setExpandAtFiles(false);
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

    /** How long each part may take to be ready. */
    Duration patience() {
        return Duration.ofMinutes(waitMinutes);
    }

    @Nullable
    Path ballot() {
        return ballot;
    }

    boolean cluster() {
        return cluster;
    }

    /** Whether brokers sync a vote before it is acknowledged. */
    boolean flush() {
        return flush;
    }

    /** Whether everything speaks TLS, and each part is a user of Kafka with rights of its own. */
    boolean secure() {
        return secure;
    }

    /** Whether nobody seals the log. */
    boolean unsealed() {
        return unsealed;
    }

    /** Whether Prometheus watches over it. */
    boolean observe() {
        return observe;
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
