// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.report;

/** The audit cannot be run. It proves neither that the log is right nor that it is wrong. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one line for whoever runs the auditor: what cannot be done, and what would help */
    public AuditException(String message) {
        super(message);
    }

    /**
     * @param message one line for whoever runs the auditor
     * @param cause what it is known from
     */
    public AuditException(String message, Throwable cause) {
        super(message, cause);
    }
}
