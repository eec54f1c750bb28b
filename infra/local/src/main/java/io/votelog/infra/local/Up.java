// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.BallotSource;
import io.votelog.infra.system.Environment;
import io.votelog.infra.system.ProgramHelp;
import io.votelog.infra.system.SystemException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The program behind {@code infra/up}. Exit code 0 after a stop that was asked for, 1 with one line on standard error where the
 * system does not run or something died, 2 for a command line that it does not know, 130 after a second Ctrl-C.
 */
public final class Up {
    /** System property: the repository's root, with the apps' jars below it; the working directory by default. */
    static final String ROOT = "votelog.local.root";

    /** System property: whether standard output is a terminal. */
    static final String TERMINAL = "votelog.local.terminal";

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_KILLED = 130;

    private Up() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err));
    }

    private static int run(String[] args, PrintStream out, PrintStream err) {
        Options options = new Options();
        CommandLine commandLine = options.commandLine();
        try {
            commandLine.parseArgs(ProgramHelp.plain(args));
        } catch (ParameterException e) {
            err.println("infra/up: " + e.getMessage());
            err.print(ProgramHelp.of(Up.class));
            return EXIT_USAGE;
        }
        if (options.help()) {
            out.print(ProgramHelp.of(Up.class));
            return 0;
        }
        try {
            up(options, out);
            return 0;
        } catch (SystemException e) {
            err.println("infra/up: " + e.line());
            return EXIT_FAILED;
        } catch (IOException | UncheckedIOException e) {
            err.println("infra/up: " + e);
            return EXIT_FAILED;
        }
    }

    private static void up(Options options, PrintStream out) throws IOException {
        Path root = Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
        @Nullable Path dir = options.dir();
        Path home = (dir == null ? root : dir.toAbsolutePath().normalize()).resolve(".votelog");
        Folders folders = new Folders(home, options.cluster(), options.secure());
        List<BallotSource> ballots = new ArrayList<>();
        ballots.add(BallotSource.seed(root).openFrom(Instant.now()));
        if (options.ballot() != null) {
            ballots.add(BallotSource.of(options.ballot()));
        }
        Files.createDirectories(folders.logs());
        System.setProperty("votelog.local.log", folders.logs().resolve("up.log").toString());

        try (FileChannel lockFile =
                        FileChannel.open(folders.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Display display = new Display(out, Boolean.getBoolean(TERMINAL))) {
            lock(lockFile, home);
            LocalSystem system =
                    new LocalSystem(options, root, folders, new Environment(System.getenv()), display, ballots);
            StopSignals.handle(system::stop, Up::killAll);
            system.run();
            display.line("stopped");
        }
    }

    /** The lock is the channel's, and ends with it. */
    private static void lock(FileChannel file, Path home) throws IOException {
        FileLock lock = file.tryLock();
        if (lock == null) {
            throw new UpException(home + " is in use by another infra/up: stop that one, or run with --dir FOLDER");
        }
    }

    private static void killAll() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(EXIT_KILLED);
    }
}
