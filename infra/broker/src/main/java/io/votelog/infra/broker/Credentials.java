// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.util.regex.Pattern;

/**
 * A user of a cluster, and the password.
 *
 * @param user letters, digits, "-" and "_"
 * @param password the same, so that no settings file has to quote it
 */
public record Credentials(String user, String password) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    public Credentials {
        if (!ALLOWED.matcher(user).matches()) {
            throw new IllegalArgumentException(
                    "a user is named by 1 to 128 letters, digits, '-' and '_', not by '" + user + "'");
        }
        if (!ALLOWED.matcher(password).matches()) {
            throw new IllegalArgumentException(
                    "the password of " + user + " must be 1 to 128 letters, digits, '-' and '_'");
        }
    }

    /** What Kafka's clients and brokers take for {@code sasl.jaas.config}. */
    String loginModule() {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                .formatted(user, password);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
