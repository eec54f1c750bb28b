package io.votelog.auditor;

/** The audit cannot be run: nothing is proven, neither way. */
final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AuditException(String message) {
        super(message);
    }

    AuditException(String message, Throwable cause) {
        super(message, cause);
    }
}
