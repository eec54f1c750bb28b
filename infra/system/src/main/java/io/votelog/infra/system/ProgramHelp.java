// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;

/** What {@code --help} says of a program that a script starts. The script reads the same file, so that it can answer, and refuse, before anything is built. */
public final class ProgramHelp {
    private ProgramHelp() {}

    /** The file {@code help.txt} beside this class. */
    public static String of(Class<?> program) {
        try (InputStream in = Objects.requireNonNull(program.getResourceAsStream("help.txt"), "help.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same arguments without {@code -h}: as an option of picocli's it would take each value that begins like it. */
    public static String[] plain(String... arguments) {
        return Stream.of(arguments)
                .map(argument -> argument.equals("-h") ? "--help" : argument)
                .toArray(String[]::new);
    }
}
