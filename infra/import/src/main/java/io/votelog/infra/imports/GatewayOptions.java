// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.system.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the gateway is, and with what right it is called. */
final class GatewayOptions {
    private static final String CALLER = "infra/import";

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @ArgGroup
    private @Nullable Right right;

    @Option(names = "--issuer", paramLabel = "NAME", description = "with --hs256-secret-file: what gateways ask of iss")
    private @Nullable String issuer;

    @Option(names = "--audience", paramLabel = "NAME", description = "the same of aud")
    private @Nullable String audience;

    /** What stands for the right to call; a token for development where neither is given. */
    private static final class Right {
        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "a bearer token that the gateway trusts, with the scopes votes:submit and, to publish,"
                        + " ballots:write (default: one from the gateway's /dev/token, as infra/up has it)")
        private @Nullable Path token;

        @Option(
                names = "--hs256-secret-file",
                paramLabel = "FILE",
                description = "the secret that the gateway trusts, under which a token is signed")
        private @Nullable Path secret;
    }

    Gateway gateway() {
        Gateway open = gateway.gateway();
        return open.with(scope -> token(open, scope));
    }

    private String token(Gateway open, String scope) {
        if (right == null) {
            return open.developmentToken(CALLER, scope);
        }
        return right.token != null
                ? text(right.token)
                : new Tokens(text(Objects.requireNonNull(right.secret)), issuer, audience, Clock.systemUTC())
                        .token(CALLER, scope);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new ImportException("%s cannot be read: %s".formatted(file, e));
        }
    }
}
