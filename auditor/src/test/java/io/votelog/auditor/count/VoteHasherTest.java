// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VoteHasherTest {
    @Test
    void shouldTellApartWhateverDiffers() {
        VoteHasher hasher = new VoteHasher();
        long voteHash = hasher.of(1, 2, 3, 4, "spring-an", 5);
        assertThat("spring-an".hashCode()).isEqualTo("spring-c0".hashCode());
        assertThat(new long[] {
                    hasher.of(0, 2, 3, 4, "spring-an", 5),
                    hasher.of(1, 0, 3, 4, "spring-an", 5),
                    hasher.of(1, 2, 0, 4, "spring-an", 5),
                    hasher.of(1, 2, 3, 0, "spring-an", 5),
                    hasher.of(1, 2, 3, 4, "spring-c0", 5),
                    hasher.of(1, 2, 3, 4, "spring-an\u0000", 5),
                    hasher.of(1, 2, 3, 4, "spring-an", 0),
                    // What a sum of products with odd numbers does not tell apart.
                    hasher.of(1, 2, 3 ^ Long.MIN_VALUE, 4 ^ Long.MIN_VALUE, "spring-an", 5),
                })
                .doesNotContain(voteHash)
                .doesNotHaveDuplicates();
        assertThat(new VoteHasher().of(1, 2, 3, 4, "spring-an", 5))
                .as("another reader of the same run")
                .isEqualTo(voteHash);
    }
}
