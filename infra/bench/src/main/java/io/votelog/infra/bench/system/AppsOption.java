// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import io.votelog.infra.bench.workspace.Workspace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --apps}: whose build of the apps is measured. */
public final class AppsOption {
    @Option(
            names = "--apps",
            paramLabel = "DIR",
            description =
                    "run the apps that were built in this copy of the repository, an older one for instance; default:"
                            + " those of this one")
    @Nullable
    Path apps;

    /** The repository whose apps are run, as an absolute path. */
    public Path repository() {
        return apps == null ? Workspace.root() : apps.toAbsolutePath().normalize();
    }
}
