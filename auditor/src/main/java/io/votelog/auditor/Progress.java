package io.votelog.auditor;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** Says on a terminal how far long work has come, a line that is written over; used by one thread at a time. */
final class Progress {
    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int LOOK_EVERY = 1024;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean shown;
    private String what = "";
    private long of;
    private long calls;
    private long nextNs;

    /** @param shown whether it is said at all */
    Progress(PrintStream out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    /** Where a person looks on. */
    static Progress onTerminal() {
        return new Progress(System.err, System.console() != null);
    }

    void begin(String work, long records) {
        what = work;
        of = records;
        calls = 0;
        nextNs = System.nanoTime() + EVERY_NS;
    }

    void at(long done) {
        if (!shown || ++calls % LOOK_EVERY != 0 || System.nanoTime() < nextNs) {
            return;
        }
        nextNs = System.nanoTime() + EVERY_NS;
        out.printf(Locale.ROOT, "%s%s: %,d of %,d records", CLEAR_LINE, what, done, of);
        out.flush();
    }

    /** The same over several threads. */
    Total total(String work, long records) {
        begin(work, records);
        return new Total();
    }

    /** Counts records of several threads. */
    final class Total {
        private final LongAdder done = new LongAdder();
        private final ReentrantLock saying = new ReentrantLock();

        /** One more. */
        void one() {
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

    void end() {
        if (shown) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
