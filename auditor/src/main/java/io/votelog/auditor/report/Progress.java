// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reports the progress of long work: on a terminal in one line that is overwritten, elsewhere in a new line every ten
 * seconds. Used by one thread at a time.
 */
public final class Progress {
    private static final long ON_TERMINAL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long ELSEWHERE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int LOOK_EVERY = 1024;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final PrintStream out;
    private final boolean terminal;
    private final boolean shown;
    private final long everyNs;
    private String what = "";
    private long of;
    private long calls;
    private long nextNs;

    /**
     * @param shown whether progress is reported; the output is taken for a terminal
     */
    public Progress(PrintStream out, boolean shown) {
        this(out, true, shown);
    }

    /**
     * @param terminal whether the output is a terminal, on which a line can be overwritten
     * @param shown whether progress is reported
     */
    public Progress(PrintStream out, boolean terminal, boolean shown) {
        this(out, terminal, shown, terminal ? ON_TERMINAL_NS : ELSEWHERE_NS);
    }

    /**
     * @param everyNs the time between two reports, in nanoseconds
     */
    public Progress(PrintStream out, boolean terminal, boolean shown, long everyNs) {
        this.out = out;
        this.terminal = terminal;
        this.shown = shown;
        this.everyNs = everyNs;
    }

    /**
     * Whether standard error is a terminal. On Linux the file system tells; elsewhere {@link System#console} must do,
     * which is about the other two streams.
     */
    public static boolean onTerminal() {
        try {
            String to = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return to.startsWith("/dev/pts/") || to.startsWith("/dev/tty") || to.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException | InvalidPathException e) {
            return System.console() != null;
        }
    }

    /** Begins with work on so many records. */
    public void begin(String work, long records) {
        what = work;
        of = records;
        calls = 0;
        nextNs = System.nanoTime() + everyNs;
    }

    /** Says, now and then, how many records are done. */
    public void at(long done) {
        if (!shown || ++calls % LOOK_EVERY != 0 || System.nanoTime() < nextNs) {
            return;
        }
        nextNs = System.nanoTime() + everyNs;
        String line = String.format(Locale.ROOT, "%s: %,d of %,d records", what, done, of);
        if (terminal) {
            out.print(CLEAR_LINE + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Begins work that several threads share. */
    public Total total(String work, long records) {
        begin(work, records);
        return new Total();
    }

    /** Counts records over several threads. */
    public final class Total {
        private final LongAdder done = new LongAdder();
        private final ReentrantLock saying = new ReentrantLock();

        /** Counts one more record. */
        public void one() {
            if (!shown) {
                return;
            }
            done.increment();
            if (saying.tryLock()) {
                try {
                    at(done.sum());
                } finally {
                    saying.unlock();
                }
            }
        }
    }

    /** Clears the line of a terminal. */
    public void end() {
        if (shown && terminal) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
