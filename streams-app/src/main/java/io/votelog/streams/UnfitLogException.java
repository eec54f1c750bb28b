package io.votelog.streams;

/** The cluster or its topics are not what the count can be trusted to; the message says what is, and what must be. */
final class UnfitLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnfitLogException(String message) {
        super(message);
    }

    UnfitLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
