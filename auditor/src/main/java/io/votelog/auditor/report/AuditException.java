// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

/** The audit cannot be run. It proves neither that the log is right nor that it is wrong. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AuditException(String message) {
        super(message);
    }

    public AuditException(String message, Throwable cause) {
        super(message, cause);
    }
}
