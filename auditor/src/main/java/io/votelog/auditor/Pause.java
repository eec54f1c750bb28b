package io.votelog.auditor;

import java.time.Duration;

/** Waits for what others do. */
final class Pause {
    private Pause() {}

    /** @throws AuditException when the thread is interrupted meanwhile */
    static void of(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        }
    }
}
