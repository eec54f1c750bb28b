// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.decide;

import io.votelog.infra.bench.workspace.BenchException;
import io.votelog.infra.bench.workspace.Workspace;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code infra/bench/run decide}: the decision on a vote, by itself. */
@Command(
        name = "decide",
        mixinStandardHelpOptions = true,
        description =
                "Measures the decision on one vote by JMH: a first vote, a retry, and another vote of a voter who has voted."
                        + " Prints nanoseconds each, with the error of 99.9 %%.")
public final class DecideCommand implements Callable<Integer> {
    @Option(names = "--forks", defaultValue = "3", description = "JVMs, one after the other; default: ${DEFAULT-VALUE}")
    int forks;

    @Override
    public Integer call() {
        try {
            new Runner(new OptionsBuilder()
                            .include(DecisionBenchmark.class.getName())
                            .jvmArgs("-Dvotelog.bench.root=" + Workspace.root())
                            .forks(forks)
                            .build())
                    .run();
            return 0;
        } catch (RunnerException e) {
            throw new BenchException("the benchmark does not run: " + e.getMessage());
        }
    }
}
