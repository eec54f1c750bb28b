// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemsTest {
    @Test
    void shouldQuoteABallotsIdOnlyWhereItIsOne() {
        assertThat(Problems.unknownBallot("fruits").detail()).startsWith("There is no ballot 'fruits', or");
        // Cut after 64 characters, this would end in half of one, which JSON cannot carry.
        assertThat(Problems.unknownBallot("x".repeat(63) + "\uD83D\uDE00").detail())
                .startsWith("There is no such ballot, or");
    }
}
