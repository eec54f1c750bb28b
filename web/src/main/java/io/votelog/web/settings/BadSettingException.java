// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

/** A setting that the application cannot start with. */
public final class BadSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String allowed;

    /**
     * @param key the setting's full name
     * @param value what is wrong: the value, or what may be shown of it
     * @param allowed what would be right
     */
    public BadSettingException(String key, String value, String allowed) {
        super("%s: %s".formatted(key, value));
        this.allowed = allowed;
    }

    /** What the setting may be, as a clause. */
    public String allowed() {
        return allowed;
    }
}
