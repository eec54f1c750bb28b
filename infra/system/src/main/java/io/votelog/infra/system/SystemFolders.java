// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import java.nio.file.Path;

/**
 * Where a system keeps what it keeps.
 *
 * @param home the working directory of the apps
 * @param kafka the brokers' data and logs
 * @param logs of all others
 * @param stores of the streams-apps, each in a folder of its name
 */
public record SystemFolders(Path home, Path kafka, Path logs, Path stores) {
    /** All of it in one folder. */
    public static SystemFolders in(Path home) {
        return new SystemFolders(home, home.resolve("kafka"), home.resolve("logs"), home.resolve("streams"));
    }

    /** The log of a process that is no broker. */
    public Path log(String name) {
        return logs.resolve(name + ".log");
    }
}
