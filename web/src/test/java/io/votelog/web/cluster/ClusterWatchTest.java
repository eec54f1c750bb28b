// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.votelog.schemas.cluster.Finding;
import io.votelog.schemas.cluster.Finding.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterWatchTest {
    private static final Finding ERROR = new Finding(Severity.ERROR, "topic a has b=c; expected: d", "set b");
    private static final Finding WARNING = new Finding(Severity.WARNING, "topic a has 1 replica; expected: 3", "more");

    private final List<Finding> cluster = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private double metric(String severity) {
        return meters.get("votelog.cluster.findings")
                .tag("severity", severity)
                .gauge()
                .value();
    }

    @Test
    void shouldCountWhatIsFound() {
        ClusterWatch watch = new ClusterWatch(() -> List.copyOf(cluster));
        watch.bindTo(meters);
        assertThat(metric("error")).as("before the first check").isNaN();

        cluster.addAll(List.of(ERROR, WARNING, WARNING));
        watch.check();
        assertThat(metric("error")).isEqualTo(1);
        assertThat(metric("warning")).isEqualTo(2);

        cluster.clear();
        watch.check();
        assertThat(metric("error")).isZero();
        assertThat(metric("warning")).isZero();
    }

    /** A check that fails is made again, and what was found last holds until then. */
    @Test
    void shouldKeepWhatWasFoundWhileNobodyAnswers() {
        ClusterWatch watch = new ClusterWatch(() -> {
            if (cluster.isEmpty()) {
                throw new IllegalStateException("no broker");
            }
            return List.copyOf(cluster);
        });
        watch.bindTo(meters);
        cluster.add(ERROR);
        watch.check();
        cluster.clear();
        watch.check();
        assertThat(metric("error")).isEqualTo(1);
    }

    @Test
    void shouldPrintALineForEachFindingAndEndWithWhatItComesTo() {
        assertThat(printed(List.of(ERROR, WARNING), CheckCommand.UNFIT))
                .containsExactly(
                        "ERROR topic a has b=c; expected: d. Mend: set b",
                        "WARNING topic a has 1 replica; expected: 3. Mend: more");
        assertThat(printed(List.of(WARNING), CheckCommand.FIT))
                .containsExactly("WARNING topic a has 1 replica; expected: 3. Mend: more");
        assertThat(printed(List.of(), CheckCommand.FIT)).containsExactly("Nothing to mend");
    }

    private static List<String> printed(List<Finding> findings, int exitCode) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(CheckCommand.print(findings, new PrintStream(out, true, StandardCharsets.UTF_8)))
                .isEqualTo(exitCode);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
