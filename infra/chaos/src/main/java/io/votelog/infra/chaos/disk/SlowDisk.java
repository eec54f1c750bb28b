// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import io.votelog.infra.broker.AgentJar;
import io.votelog.infra.broker.ClassChanges;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A disk that takes its time. An agent in the JVM of a Kafka node has each append to a log, and each sync of one, wait for as long as a
 * file says, which may be written while the node runs.
 */
public final class SlowDisk {
    private static final String LOG_FILES = "org/apache/kafka/common/record/FileRecords";
    private static final Set<String> SLOW = Set.of("append", "flush");
    private static final String THIS = SlowDisk.class.getName().replace('.', '/');
    private static final long LOOK_EVERY_MS = 100;

    private static volatile long waitMs;

    private SlowDisk() {}

    /**
     * The option by which a JVM of a Kafka node gets the agent.
     *
     * @param folder where the agent's jar is made
     * @param waits where the files are that say how long nodes wait
     */
    public static String option(Path folder, Path waits) throws IOException {
        return AgentJar.option(folder, SlowDisk.class, waits.toAbsolutePath().toString());
    }

    /** Has the node of that name wait so long from now on, to milliseconds. */
    public static void slow(Path waits, String node, Duration wait) throws IOException {
        Files.createDirectories(waits);
        Path written = Files.writeString(waits.resolve(node + ".new"), Long.toString(wait.toMillis()));
        Files.move(written, waits.resolve(node), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The JVM's way in; its working directory is the node's folder. */
    public static void premain(String waits, Instrumentation jvm) {
        Path file = Path.of(waits)
                .resolve(String.valueOf(Path.of("").toAbsolutePath().getFileName()));
        jvm.addTransformer(new ClassChanges(
                (loader, name) -> name.equals(LOG_FILES),
                List.of(),
                (method, to, changed) -> SLOW.contains(method) ? new Waits(to, changed) : to));
        Thread thread = new Thread(() -> follow(file), "slow-disk");
        thread.setDaemon(true);
        thread.start();
    }

    private static void follow(Path file) {
        try {
            while (true) {
                waitMs = read(file);
                Thread.sleep(LOOK_EVERY_MS);
            }
        } catch (IOException e) {
            e.printStackTrace();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long read(Path file) throws IOException {
        try {
            return Long.parseLong(Files.readString(file));
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    /** What Kafka's class calls before it writes or syncs. */
    public static void await() {
        long ms = waitMs;
        if (ms > 0) {
            try {
                Thread.sleep(ms);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Waits extends MethodVisitor {
        private final Runnable changed;

        Waits(MethodVisitor to, Runnable changed) {
            super(ClassChanges.ASM, to);
            this.changed = changed;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            super.visitMethodInsn(Opcodes.INVOKESTATIC, THIS, "await", "()V", false);
            changed.run();
        }
    }
}
