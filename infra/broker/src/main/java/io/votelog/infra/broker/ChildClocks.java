// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clocks of children, by their names: one may be set apart from the machine's, and is from the next start of that child on. What a
 * process measures by, the monotonic clock, stays as it is. May be used by any thread.
 */
public final class ChildClocks {
    private final Path folder;
    private final Map<String, Duration> apart = new ConcurrentHashMap<>();

    /** @param folder where the agent is kept that children with a clock of their own get */
    public ChildClocks(Path folder) {
        this.folder = folder;
    }

    /** Sets the clock of a child so far before or behind the machine's; zero is the machine's own. */
    public void set(String child, Duration ahead) {
        apart.put(child, ahead);
    }

    /**
     * Gives a child its clock, before it is started.
     *
     * @throws ChildStartException where the agent cannot be written
     */
    public ChildJvm.Builder giveTo(ChildJvm.Builder child) {
        Duration ahead = apart.getOrDefault(child.name(), Duration.ZERO);
        if (ahead.isZero()) {
            return child;
        }
        try {
            return child.jvmArgs(AgentJar.option(folder, ClockApart.class, ahead.toString()));
        } catch (IOException e) {
            throw new ChildStartException("a clock for " + child.name() + " could not be made: " + e.getMessage(), e);
        }
    }
}
