// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientHeaderTest {
    @ParameterizedTest
    @EnumSource
    void shouldFillTheHeaderWithPartsThatAreNotTheSame(ClientHeader header) {
        String line = header.line(7_900);
        assertThat(line).startsWith(header.fieldName() + ": ");
        String value = line.substring(header.fieldName().length() + 2);
        assertThat(value.length()).isBetween(7_870, 7_900);
        assertThat(List.of(value.split(",")))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(header == ClientHeader.ACCEPT_LANGUAGE ? 1_500 : 400)
                .allMatch(part -> part.equals(part.strip()));
    }

    @ParameterizedTest
    @EnumSource(names = "ACCEPT_LANGUAGE")
    void shouldAskForLanguagesThatAreWellFormed(ClientHeader header) {
        String value = header.line(7_900).substring("Accept-Language: ".length());
        assertThat(Locale.LanguageRange.parse(value)).hasSizeGreaterThanOrEqualTo(1_500);
    }
}
