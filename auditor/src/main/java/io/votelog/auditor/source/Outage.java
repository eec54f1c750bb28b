// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.source;

import io.votelog.auditor.report.AuditException;
import org.apache.kafka.common.errors.RetriableException;

/** What passes by itself: brokers that do not answer for the moment, or cannot write. */
public final class Outage {
    private Outage() {}

    /**
     * Whether nothing is known to be wrong but that the brokers did not do in time what was asked of them. What they refuse, and what
     * stands in the log, does not pass.
     */
    public static boolean is(AuditException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException || cause instanceof java.util.concurrent.TimeoutException) {
                return true;
            }
        }
        return false;
    }
}
