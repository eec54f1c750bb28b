// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.bench.workspace.BenchException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreProgramsTest {
    private static final List<String> USERS = List.of(
            "root:x:0:0:root:/root:/bin/bash", "# a comment", "nobody:x:65534:65533:nobody:/:/usr/sbin/nologin");

    @Test
    void shouldTakeTheFirstUserWhoIsThere() {
        assertThat(StorePrograms.user(USERS, "postgres", "nobody"))
                .isEqualTo(new StorePrograms.User("nobody", "65534", "65533"));
        assertThatThrownBy(() -> StorePrograms.user(USERS, "postgres")).isInstanceOf(BenchException.class);
    }
}
