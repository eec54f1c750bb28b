package io.votelog.auditor.tlog;

/** A log's files, or what is said of a log, are not what they must be; the message says what is wrong and where. */
public final class TlogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, where, and what would be right */
    public TlogException(String message) {
        super(message);
    }

    /** The same with what led to it. */
    public TlogException(String message, Throwable cause) {
        super(message, cause);
    }
}
