// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands.follow;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that looks again and again, and how it does. */
final class Rounds {
    private static final Duration AT_THE_END = Duration.ofSeconds(30);

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "how long it waits between two rounds (default: ${DEFAULT-VALUE})")
    private double everySeconds = 60;

    @Option(
            names = "--once",
            description = "ends after one round, with an exit code that says what it came to; for cron")
    private boolean once;

    /** One look. */
    @FunctionalInterface
    interface Round {
        /**
         * Looks.
         *
         * @param now the time by this machine's clock
         * @return the exit code of a program that ends after this round
         */
        int look(Instant now) throws InterruptedException;
    }

    boolean once() {
        return once;
    }

    /** @throws AuditException when the options are none that can be */
    void check() {
        if (!(everySeconds >= 0.1 && everySeconds <= 86_400)) {
            throw new AuditException("--every is %s; 0.1 to 86400 seconds are allowed".formatted(everySeconds));
        }
    }

    /**
     * Looks until the program is stopped, or once.
     *
     * @param lock a file that is locked meanwhile, so that one program at a time does this work
     * @param work what error messages call the work, such as "monitor of FILE"
     * @return the exit code of the last round; 0 when the program was stopped
     * @throws AuditException when another program does this work; with {@code --once} also when the round cannot be made
     */
    int run(Path lock, String work, Round round) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread stop = new Thread(() -> stop(stopped, ended), "stop");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!locked(channel)) {
                throw new AuditException("another %s runs; it holds %s".formatted(work, lock));
            }
            if (once) {
                return round.look(Clock.systemUTC().instant());
            }
            Runtime.getRuntime().addShutdownHook(stop);
            boolean first = true;
            do {
                String trouble = lookOnce(round, first);
                if (trouble != null) {
                    System.err.println(trouble);
                }
                first = false;
            } while (!stopped.await(Math.round(everySeconds * 1000), TimeUnit.MILLISECONDS));
            return Report.PASSED;
        } catch (IOException e) {
            throw new AuditException("%s cannot be locked: %s".formatted(lock, Texts.reason(e)), e);
        } finally {
            ended.countDown();
        }
    }

    /** What the user said is wrong in the first round already; later a full disk, say, may pass. */
    private static @Nullable String lookOnce(Round round, boolean first) throws InterruptedException {
        try {
            round.look(Clock.systemUTC().instant());
            return null;
        } catch (AuditException e) {
            if (first) {
                throw e;
            }
            return "%s; tried again in the next round".formatted(e.getMessage());
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException bySameProgram) {
            return false;
        }
    }

    private static void stop(CountDownLatch stopped, CountDownLatch ended) {
        stopped.countDown();
        try {
            ended.await(AT_THE_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
