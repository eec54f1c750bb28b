// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one broker of a test JVM, which ends with it. JUnit's root store could not keep it so long: Surefire and Failsafe give each class a
 * run of its own where they have several JVMs.
 */
final class SharedBroker {
    private static @Nullable SharedBroker ofThisJvm;

    private final KafkaBroker broker;
    private final Closeable ending;

    private SharedBroker(KafkaBroker broker, Closeable ending) {
        this.broker = broker;
        this.ending = ending;
    }

    /** The broker of this JVM, which is started when it is first asked for. */
    static synchronized KafkaBroker ofThisJvm() {
        if (ofThisJvm == null) {
            SharedBroker started = start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::end, "the end of the broker for tests"));
            ofThisJvm = started;
        }
        return ofThisJvm.broker;
    }

    private void end() {
        try {
            ending.close();
        } catch (IOException e) {
            System.err.println("What the broker for tests had on disk could not all be deleted: " + e);
        }
    }

    /**
     * Starts a broker of the requested kind, or of the kind that is available; prints the kind in one line on standard
     * output.
     */
    private static SharedBroker start() {
        long start = System.nanoTime();
        BrokerKind forced = BrokerKind.forced();
        if (forced == BrokerKind.PROCESS) {
            return process().announced(start, "as asked for");
        }
        boolean engine = ContainerBroker.engineAnswers();
        if (forced == BrokerKind.CONTAINER) {
            if (!engine) {
                throw new IllegalStateException("tests are to take their broker from a container ("
                        + BrokerKind.PROPERTY
                        + " or " + BrokerKind.VARIABLE + " says so), but no container engine answers: start one, or"
                        + " ask for 'process'");
            }
            return container().announced(start, "as asked for");
        }
        if (!engine) {
            return process().announced(start, "no container engine answers");
        }
        try {
            return container().announced(start, "a container engine answers");
        } catch (RuntimeException e) {
            // For example, the engine has no such image and cannot download it.
            return process()
                    .announced(start, "the container engine gave no " + ContainerBroker.IMAGE + ": " + rootOf(e));
        }
    }

    private static SharedBroker process() {
        ProcessBroker broker = ProcessBroker.start();
        return new SharedBroker(broker, broker);
    }

    private static SharedBroker container() {
        ContainerBroker broker = ContainerBroker.start();
        return new SharedBroker(broker, broker);
    }

    private SharedBroker announced(long start, String why) {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        String what =
                switch (broker.kind()) {
                    case CONTAINER -> "container " + ContainerBroker.IMAGE;
                    case PROCESS -> "child JVM";
                };
        System.out.println("Kafka for tests: " + what + " at " + broker.bootstrapServers() + " after " + tookMs
                + " ms (" + why + ")");
        return this;
    }

    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString().lines().findFirst().orElse("");
    }
}
