// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import java.time.Duration;

/** Lets time pass between two looks at what other programs write. */
public final class Pause {
    private Pause() {}

    /** @throws AuditException when the thread is interrupted meanwhile */
    public static void of(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException("interrupted", e);
        }
    }
}
