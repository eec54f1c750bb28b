// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.infra.testing.contract.OpenApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A problem is called the same by both apps; that their answers keep to what their descriptions say is checked beside each app. */
class ProblemsTest {
    @Test
    void shouldHaveOneStatusAndOneTitleInBothApps() throws IOException {
        OpenApi writeSide = described("producer/src/main/resources/openapi/producer.yaml");
        OpenApi readSide = described("streams-app/src/main/resources/openapi/streams-app.yaml");
        Set<String> common = writeSide.problems();
        common.retainAll(readSide.problems());
        assertThat(common)
                .contains("unknown-ballot", "not-found", "too-many-requests", "overloaded")
                .allSatisfy(code -> assertThat(readSide.problem(code)).isEqualTo(writeSide.problem(code)));
    }

    private static OpenApi described(String file) throws IOException {
        return OpenApi.of(Files.readString(Path.of("../..", file)));
    }
}
