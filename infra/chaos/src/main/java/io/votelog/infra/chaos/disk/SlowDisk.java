// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import io.votelog.infra.broker.AgentJar;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.ProtectionDomain;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
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
        jvm.addTransformer(new Waits());
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

    /** Kafka's class with the calls. */
    static byte[] withWaits(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                        if (!SLOW.contains(name)) {
                            return method;
                        }
                        return new MethodVisitor(Opcodes.ASM9, method) {
                            @Override
                            public void visitCode() {
                                super.visitCode();
                                super.visitMethodInsn(Opcodes.INVOKESTATIC, THIS, "await", "()V", false);
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static final class Waits implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] bytes) {
            return LOG_FILES.equals(name) ? withWaits(bytes) : null;
        }
    }
}
