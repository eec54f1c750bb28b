// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.PabulibFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code infra/import/run compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the results as they are with the totals that the file publishes (the column votes of PROJECTS), and with a"
                    + " recount of the file's votes by the ballot's rules. It needs no token."
        })
final class CompareCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Mixin
    private ReadSideOption readSide = new ReadSideOption();

    @Override
    public Integer call() {
        PabulibFile vote = file.read();
        return new Comparison(vote, gateway.gateway(), readSide.readSide(), file.ballotId())
                .print(spec.commandLine().getOut());
    }
}
