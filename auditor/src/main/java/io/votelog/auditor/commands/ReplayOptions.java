// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.replay.Replay;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what counts as a fault in a replay. */
final class ReplayOptions {
    @Option(
            names = "--complete",
            description =
                    "the results must be as far as the log: a vote, an annulment or an end behind them is a fault. Without it that"
                            + " is so for annulments and ends that those who count have passed")
    private boolean complete;

    @Option(
            names = "--max-clock-step",
            paramLabel = "DURATION",
            description =
                    "how far the times of a partition may run back when another broker leads it, as PT5M (default: ${DEFAULT-VALUE})")
    private Duration maxClockStep = Duration.ofMinutes(5);

    @Mixin
    private GroupOptions group = new GroupOptions();

    Replay.Terms terms() {
        return new Replay.Terms(group.group(), complete, maxClockStep);
    }
}
