// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.schemas.Pseudonym;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gateway's own tests expect the same of the gateway; the numbers are from OpenSSL and Python. */
class PseudonymsTest {
    private final Pseudonyms pseudonyms = new Pseudonyms(
            HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
            "gz-customs-2021");

    @Test
    void shouldMakeWhatTheGatewayMakes() {
        Pseudonym voter = Pseudonym.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
        assertThat(pseudonyms.of("alice")).hasToString("CqEGDd_sHPL3HmUOSsoC7A");
        assertThat(pseudonyms.voteId(voter, List.of("25", "01"))).hasToString("63f074c6-8320-85ea-8c7c-180ad6e8d373");
        assertThat(pseudonyms.voteId(voter, List.of("用户"))).hasToString("835bd6d9-3f92-8051-94d2-507adc2dbcfe");
    }
}
