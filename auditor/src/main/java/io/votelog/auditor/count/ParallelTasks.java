// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import io.votelog.auditor.report.AuditException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;

/** Runs tasks on several threads, such as one for each partition. */
public final class ParallelTasks {
    private ParallelTasks() {}

    /**
     * Runs the tasks and returns when all are done.
     *
     * @param threads the most tasks that run at a time, at least 1
     * @throws AuditException that a task threw, or when this thread is interrupted
     */
    public static void run(int threads, List<Runnable> work) {
        if (threads < 1) {
            throw new AuditException("--threads is %d; 1 or more is allowed".formatted(threads));
        }
        ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, Math.min(threads, work.size())));
        try {
            List<Future<?>> running = new ArrayList<>();
            work.forEach(piece -> running.add(workers.submit(piece)));
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditException cannot) {
                throw cannot;
            }
            if (e.getCause() instanceof KafkaException || e.getCause() instanceof UncheckedIOException) {
                throw (RuntimeException) e.getCause();
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }
}
