// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void shouldFindASettingUnderEitherNameThatSpringReadsItBy() {
        assertThat(new Environment(Map.of("VOTELOG_AUTH_HS256_SECRET", "a")).setting("votelog.auth.hs256-secret"))
                .hasValue("a");
        assertThat(new Environment(Map.of("VOTELOG_AUTH_HS256SECRET", "b")).setting("votelog.auth.hs256-secret"))
                .hasValue("b");
        assertThat(new Environment(Map.of("VOTELOG_PEPPER", " ")).setting("votelog.pepper"))
                .isEmpty();
        assertThat(Environment.variable("votelog.log.public-keys")).isEqualTo("VOTELOG_LOG_PUBLIC_KEYS");
    }
}
