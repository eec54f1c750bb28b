// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that do what they should, fail, do not end, and do not listen. */
@Timeout(30)
class AlarmCommandTest {
    @TempDir
    private Path dir;

    private static String run(String command) throws InterruptedException {
        return new AlarmCommand(command, Duration.ofSeconds(2)).run("alarm", AlarmKind.LOG_UNREADABLE, "{\"a\":1}");
    }

    @Test
    void shouldHandOverTheLineAndTheKind() throws Exception {
        Path out = dir.resolve("out");
        assertThat(run("cat > %s; echo \"$VOTELOG_ALARM $VOTELOG_ALARM_EVENT\" >> %s".formatted(out, out)))
                .isNull();
        assertThat(Files.readString(out)).isEqualTo("{\"a\":1}\nlog-unreadable alarm\n");
    }

    @Test
    void shouldSayWhyItFailed() throws Exception {
        assertThat(run("exit 7")).isEqualTo("it ended with exit code 7");
        assertThat(run("nothing-of-that-name-is-here 2>/dev/null")).isEqualTo("it ended with exit code 127");
    }

    @Test
    void shouldEndWhatDoesNotEnd() throws Exception {
        long begunNs = System.nanoTime();
        assertThat(run("sleep 300 & sleep 300")).isEqualTo("it took longer than 2 s, and was ended");
        assertThat(Duration.ofNanos(System.nanoTime() - begunNs)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void shouldNotWaitForWhoDoesNotListen() throws Exception {
        assertThat(new AlarmCommand("exec <&-; exit 0", Duration.ofSeconds(5))
                        .run("alarm", AlarmKind.FORK, "x".repeat(1 << 20)))
                .isNull();
    }
}
