// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system;

import io.votelog.infra.broker.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** An instance of an app that was started, and may be stopped, killed and started again. Its methods may be called from any thread. */
public final class AppProcess {
    private final Instance instance;
    private final Supplier<ChildJvm.Builder> command;
    private final Health health;
    private volatile ChildJvm child;

    AppProcess(Instance instance, Supplier<ChildJvm.Builder> command, Health health) {
        this.instance = instance;
        this.command = command;
        this.health = health;
        this.child = command.get().start();
    }

    public Instance instance() {
        return instance;
    }

    /** The instance's name, which its log file has. */
    public String name() {
        return instance.name();
    }

    /** The process as it was last started. */
    public ChildJvm child() {
        return child;
    }

    /** The process id of the process as it was last started. */
    public long pid() {
        return child.pid();
    }

    /** Where its output goes, of all its starts. */
    public Path logFile() {
        return child.logFile();
    }

    /** Whether the process as it was last started runs. */
    public boolean alive() {
        return child.isAlive();
    }

    /** Whether it says that it is ready to serve; asks it, and waits some seconds for its answer. */
    public boolean ready() {
        return health.ready(instance.management());
    }

    /**
     * Returns when it is ready.
     *
     * @throws io.votelog.infra.broker.ChildStartException where it dies, or takes longer
     */
    public void awaitReady(Duration limit) {
        ChildWait.until(child, limit, this::ready);
    }

    /** SIGTERM, and SIGKILL where it takes longer. Returns when it is gone. */
    public void stop(Duration grace) {
        child.stop(grace);
    }

    /** SIGKILL. Returns when it is gone. */
    public void kill() {
        child.kill();
    }

    /**
     * Starts it again, as it was started, on its ports and its data, and does not wait until it is ready.
     *
     * @throws IllegalStateException where it lives
     */
    public synchronized void start() {
        if (alive()) {
            throw new IllegalStateException(name() + " is running already");
        }
        child = command.get().start();
    }
}
