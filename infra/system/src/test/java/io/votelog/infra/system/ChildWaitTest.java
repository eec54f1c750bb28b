// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.broker.ChildStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, which does nothing until it is stopped. */
class ChildWaitTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path dir;

    private ChildJvm child;

    @AfterEach
    void kill() {
        child.kill();
    }

    @Test
    void shouldWaitUntilTheChildIsReadyAndStopIt() {
        child = start("sleeps");
        AtomicInteger asked = new AtomicInteger();
        ChildWait.until(child, LONG, () -> asked.incrementAndGet() == 3);
        assertThat(asked).hasValue(3);
        ChildWait.stop(List.of(child), LONG);
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void shouldSayThatTheChildIsNotReadyInTime() {
        child = start("sleeps");
        assertThatThrownBy(() -> ChildWait.until(child, Duration.ofMillis(1), () -> false))
                .isInstanceOf(ChildStartException.class)
                .hasMessageStartingWith("sleeps is not ready after 0 s");
    }

    @Test
    void shouldEndTheWaitAtOnceWhenTheChildDies() {
        child = start("dies");
        assertThatThrownBy(() -> ChildWait.until(child, LONG, () -> {
                    child.kill();
                    return false;
                }))
                .isInstanceOf(ChildStartException.class)
                .hasMessageStartingWith("dies died (exit code 137)");
    }

    private ChildJvm start(String name) {
        return ChildJvm.of(name, Sleeper.class.getName())
                .workingDir(dir)
                .logFile(dir.resolve(name + ".log"))
                .jvmArgs("-Xmx16m")
                .start();
    }

    static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] args) throws InterruptedException {
            Thread.sleep(Duration.ofMinutes(5).toMillis());
        }
    }
}
