// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AtExitTest {
    @Test
    void shouldBeDoneOnceHoweverOftenItIsCalled() {
        AtomicInteger done = new AtomicInteger();
        AtExit[] atExit = new AtExit[1];
        atExit[0] = new AtExit(() -> {
            done.incrementAndGet();
            atExit[0].now();
        });
        assertThat(done).hasValue(0);
        atExit[0].now();
        atExit[0].now();
        assertThat(done).hasValue(1);
    }

    @Test
    void shouldBeDoneWhenAJvmIsAskedToEnd() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Ends.class.getName())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("the end");
        assertThat(process.waitFor()).isZero();
    }

    /** A program that ends without a word to what it has begun. */
    static final class Ends {
        private Ends() {}

        public static void main(String[] args) {
            new AtExit(() -> System.out.print("the end"));
            System.exit(0);
        }
    }
}
