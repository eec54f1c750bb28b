// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.proofs;

import io.votelog.web.settings.PublicAddress;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the sealed log is served.
 *
 * @param urls of the sealers ({@code auditor seal --serve}), as this instance reaches them, which are asked one after the other; none where the
 *     log is not sealed
 * @param timeout how long one of them may take to answer
 */
@ConfigurationProperties("votelog.sealed-log")
@Validated
record SealedLogSettings(@DefaultValue List<URI> urls, @DefaultValue("6s") @NotNull Duration timeout) {
    SealedLogSettings {
        urls = urls.stream()
                .map(url -> PublicAddress.of("votelog.sealed-log.urls", url))
                .toList();
    }
}
