// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports;

import io.votelog.infra.imports.pabulib.OptionIds;
import io.votelog.infra.imports.pabulib.PabulibFile;
import io.votelog.infra.system.BallotSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code infra/import/run cast}. */
@Command(
        name = "cast",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Casts the votes of a file at a running gateway, in the order of the file and in batches, each for the voter whose id the"
                    + " file has. What the gateway refuses is told by reason; what it takes gets its verdict in the log. Run again, it casts"
                    + " the same votes, which count once."
        })
final class CastCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Mixin
    private FileOption file = new FileOption();

    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Option(
            names = "--publish",
            paramLabel = "BALLOT",
            description = "publishes this ballot file first; it must have the ballot's id")
    private @Nullable Path ballot;

    @Option(names = "--compare", description = "waits until they are counted, and compares as the command compare does")
    private boolean compare;

    @Mixin
    private ReadSideOption readSide = new ReadSideOption();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PabulibFile vote = file.read();
        String id = file.ballotId();
        Gateway to = gateway.gateway();
        if (ballot != null) {
            publish(to, BallotSource.of(ballot), id);
        }
        CastVotes cast = new CastVotes(to, id, new OptionIds(vote.projects()));
        long begunNs = System.nanoTime();
        cast.cast(vote.votes());
        Duration took = Duration.ofNanos(System.nanoTime() - begunNs);
        vote.notes().forEach(note -> out.println("note: " + note));
        out.printf(
                Locale.ROOT,
                "%d votes in %.1f s: %d taken, %d refused%n",
                vote.votes().size(),
                took.toMillis() / 1000.0,
                cast.taken(),
                vote.votes().size() - cast.taken());
        cast.refused()
                .forEach((reason, refusals) -> out.printf(
                        "refused as %s: %d, the first in line %d (%s)%n",
                        reason, refusals.votes(), refusals.line(), refusals.detail()));
        if (!compare) {
            return Import.SAME;
        }
        Comparison comparison = new Comparison(vote, to, readSide.readSide(), id);
        comparison.awaitCounted(cast.last());
        return comparison.print(out);
    }

    private static void publish(Gateway to, BallotSource source, String id) {
        if (!source.ballot().id().equals(id)) {
            throw new ImportException("the ballot file is of %s, and the votes are for %s: --ballot %s casts them there"
                    .formatted(source.ballot().id(), id, source.ballot().id()));
        }
        to.publish(source);
    }
}
