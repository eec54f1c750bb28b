// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import java.net.URI;
import picocli.CommandLine.Option;

/** Where the gateway is, which has the ballot. */
final class GatewayOption {
    @Option(
            names = "--gateway",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "the gateway, which has the ballot (default: ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private URI gateway;

    /** It, to be asked for what everybody may know. */
    Gateway gateway() {
        return new Gateway(gateway);
    }
}
