// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a gateway's command line came to with {@code --check}.
 *
 * @param findings lines on standard output
 * @param err what stood on standard error
 */
record Checked(int exitCode, List<String> findings, String err) {
    /** Checks a cluster in this JVM. */
    static Checked of(String bootstrapServers, String... settings) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = ProducerApplication.check(
                Stream.concat(Gateway.arguments(bootstrapServers, settings).stream(), Stream.of("--check"))
                        .toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Checked(
                exitCode, out.toString(StandardCharsets.UTF_8).lines().toList(), err.toString(StandardCharsets.UTF_8));
    }

    /** Asserts that nothing at all is found. */
    static void nothingIn(String bootstrapServers) {
        Checked checked = of(bootstrapServers);
        assertThat(checked.findings()).containsExactly("Nothing to mend");
        assertThat(checked.exitCode()).isZero();
    }
}
