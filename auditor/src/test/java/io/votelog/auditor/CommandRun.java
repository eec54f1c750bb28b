// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command of the program came to.
 *
 * @param out on standard output
 * @param err on standard error
 */
public record CommandRun(int exitCode, String out, String err) {
    /** Runs a command in this process. */
    public static CommandRun of(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        try (PrintStream toOut = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream toErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(toOut);
            System.setErr(toErr);
            CommandLine program = AuditorApplication.commandLine()
                    .setOut(new PrintWriter(toOut, true, StandardCharsets.UTF_8))
                    .setErr(new PrintWriter(toErr, true, StandardCharsets.UTF_8));
            String[] words = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
            int exitCode = program.execute(words);
            return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }
}
