// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the read side is. */
final class ReadSideOption {
    @Option(
            names = "--streams",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "the read side, which has the results (default: ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private URI streams;

    Gateway readSide() {
        return new Gateway(streams);
    }
}
