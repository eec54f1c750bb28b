// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.source.CountedOffsets;
import picocli.CommandLine.Option;

/** The option that names the consumer group that counts. */
public final class GroupOptions {
    @Option(
            names = "--group",
            paramLabel = "ID",
            description =
                    "the consumer group that counts, votelog.streams.application-id of the streams apps: how far it has come is"
                            + " looked up (default: ${DEFAULT-VALUE}); a dump has it from when it was made")
    private String group = CountedOffsets.GROUP;

    public String group() {
        return group;
    }
}
