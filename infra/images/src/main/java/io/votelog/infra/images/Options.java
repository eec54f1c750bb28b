// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is asked for on the command line; {@code help.txt} describes it. */
@Command(name = "infra/images/build", exitCodeOnInvalidInput = 2)
final class Options {
    static final int MAX_ROUNDS = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any option.
    private CommandSpec spec;

    private Set<ImageApp> apps = EnumSet.allOf(ImageApp.class);

    @Option(names = "--out", paramLabel = "FOLDER")
    private @Nullable Path out;

    @Option(names = "--jdk", paramLabel = "FOLDER")
    private @Nullable Path jdk;

    @Option(names = "--base", paramLabel = "IMAGE")
    private @Nullable String base;

    @Option(names = "--push", paramLabel = "NAME")
    private @Nullable String push;

    @Option(names = "--no-aot")
    private boolean noAot;

    private int measure;

    @Option(names = "--help", usageHelp = true)
    private boolean help;

    @Option(names = "--app", paramLabel = "NAME")
    void app(String name) {
        apps = Stream.of(ImageApp.values())
                .filter(app -> app.appName().equals(name))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(ImageApp.class)));
        if (apps.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--app is %s; producer, streams-app and auditor are allowed".formatted(name));
        }
    }

    @Option(names = "--measure", paramLabel = "N")
    void measure(int rounds) {
        if (rounds < 1 || rounds > MAX_ROUNDS) {
            throw new ParameterException(
                    spec.commandLine(), "--measure is %d; 1 to %d is allowed".formatted(rounds, MAX_ROUNDS));
        }
        this.measure = rounds;
    }

    /** @throws ParameterException where a measurement is asked for without all apps, which it takes */
    void requireMeasurable() {
        if (measure > 0 && apps.size() < ImageApp.values().length) {
            throw new ParameterException(spec.commandLine(), "--measure goes without --app");
        }
    }

    /** What reads these options. A value that begins with {@code @} is no file with further ones. */
    CommandLine commandLine() {
        return new CommandLine(this).setExpandAtFiles(false);
    }

    Set<ImageApp> apps() {
        return apps;
    }

    Path out(Path repository) {
        return out == null
                ? repository.resolve("infra/images/target")
                : out.toAbsolutePath().normalize();
    }

    Jdk jdk() {
        return jdk == null ? Jdk.newestWithLongTermSupport() : Jdk.in(jdk);
    }

    @Nullable
    String base() {
        return base;
    }

    @Nullable
    String push() {
        return push;
    }

    boolean noAot() {
        return noAot;
    }

    /** Rounds, 0 for no measurement. */
    int measure() {
        return measure;
    }

    boolean help() {
        return help;
    }
}
