// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemExceptionTest {
    @Test
    void shouldQuoteABallotsIdOnlyWhereItIsOne() {
        assertThat(ProblemException.unknownBallot("fruits")).hasMessageStartingWith("There is no ballot 'fruits', or");
        // A cut after 64 characters would leave half of a surrogate pair, which JSON cannot carry.
        assertThat(ProblemException.unknownBallot("x".repeat(63) + "\uD83D\uDE00"))
                .hasMessageStartingWith("There is no such ballot, or");
    }
}
