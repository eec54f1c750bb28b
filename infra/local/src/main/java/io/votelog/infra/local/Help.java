// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What {@code --help} says. The script infra/up reads the same file, so that it can answer, and refuse, before anything is built. */
final class Help {
    private Help() {}

    static String text() {
        try (InputStream in = Objects.requireNonNull(Help.class.getResourceAsStream("help.txt"), "help.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
