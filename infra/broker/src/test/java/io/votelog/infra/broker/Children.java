// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Main classes that tests run in child JVMs. */
final class Children {
    private Children() {}

    /** Says what it was given, and ends. */
    static final class Echo {
        public static void main(String[] args) throws IOException {
            System.out.println("args " + List.of(args));
            System.out.println("env " + System.getenv("VOTELOG_ECHO"));
            System.out.println("property " + System.getProperty("votelog.echo"));
            System.out.println("stdin " + System.in.read());
        }
    }

    /** Asks for the time of day in each way for which a child with a clock of its own has another answer; says milliseconds since 1970. */
    static final class Times {
        static final int WAYS = 7;

        public static void main(String[] args) {
            LongSupplier millis = System::currentTimeMillis;
            Supplier<Instant> instant = Instant::now;
            LongStream.of(
                            System.currentTimeMillis(),
                            Instant.now().toEpochMilli(),
                            Clock.systemUTC().millis(),
                            Clock.systemDefaultZone().millis(),
                            Clock.system(ZoneOffset.UTC).millis(),
                            millis.getAsLong(),
                            instant.get().toEpochMilli())
                    .forEach(System.out::println);
        }
    }

    /** Says "ready" and waits; says "hook ran" when it is shut down, and then, given {@code hang}, does not end. */
    static final class Waiting {
        public static void main(String[] args) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                System.out.println("hook ran");
                if (List.of(args).contains("hang")) {
                    forever();
                }
            }));
            System.out.println("ready");
            forever();
        }
    }

    static final class Failing {
        public static void main(String[] args) {
            if (args.length == 0) {
                throw new IllegalArgumentException("no such voter");
            }
        }
    }

    /** Starts a child that hangs when it is shut down, prints its pid, and waits. */
    static final class ParentOfAHangingChild {
        public static void main(String[] args) {
            ChildJvm child = ChildJvm.of("hanging", Waiting.class.getName())
                    .args("hang")
                    .orphanGrace(Duration.ofMillis(300))
                    .logFile(Path.of(args[0]))
                    .start();
            System.out.println(child.pid());
            forever();
        }
    }

    /** Starts a child, pauses it, prints its pid, and waits. */
    static final class ParentOfAPausedChild {
        public static void main(String[] args) {
            ChildJvm child = ChildJvm.of("paused", Waiting.class.getName())
                    .logFile(Path.of(args[0]))
                    .start();
            child.pause();
            System.out.println(child.pid());
            forever();
        }
    }

    /** Starts a broker, prints its pid, and waits. */
    static final class ParentOfABroker {
        public static void main(String[] args) {
            KafkaCluster cluster = KafkaCluster.single(Path.of(args[0])).start();
            System.out.println(cluster.pid(1));
            forever();
        }
    }

    private static void forever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
