package io.votelog.producer;

/** A setting that the application cannot start with. */
final class BadSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String allowed;

    /**
     * @param key the setting's full name
     * @param value what is wrong: the value, or what may be shown of it
     * @param allowed what would be right
     */
    BadSettingException(String key, String value, String allowed) {
        super("%s: %s".formatted(key, value));
        this.allowed = allowed;
    }

    String allowed() {
        return allowed;
    }
}
