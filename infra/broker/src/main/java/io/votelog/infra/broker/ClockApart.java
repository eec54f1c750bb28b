// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A wall clock that is wrong. As an agent, it has all classes but the JDK's call the methods of this class where they ask the JDK for the
 * time of day; what is measured by {@link System#nanoTime()} stays as it is.
 */
public final class ClockApart {
    private static final String THIS = ClockApart.class.getName().replace('.', '/');
    private static final int CANNOT_BE_CHANGED = 70;

    /** The static methods that are replaced, by what stands in a class file, with those that replace them. */
    private static final Map<String, String> REPLACED = Map.of(
            "java/lang/System.currentTimeMillis()J", "currentTimeMillis",
            "java/time/Instant.now()Ljava/time/Instant;", "instant",
            "java/time/Clock.systemUTC()Ljava/time/Clock;", "systemUtc",
            "java/time/Clock.systemDefaultZone()Ljava/time/Clock;", "systemDefaultZone",
            "java/time/Clock.system(Ljava/time/ZoneId;)Ljava/time/Clock;", "system");

    private static Duration ahead = Duration.ZERO;

    private ClockApart() {}

    /**
     * The JVM's way in.
     *
     * @param ahead how far the clock is before the machine's, such as {@code PT-3M}
     */
    public static void premain(String ahead, Instrumentation jvm) {
        ClockApart.ahead = Duration.parse(ahead);
        jvm.addTransformer(new Calls());
    }

    /** {@link System#currentTimeMillis()}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + ahead.toMillis();
    }

    /** {@link Instant#now()}. */
    public static Instant instant() {
        return Instant.now().plus(ahead);
    }

    /** {@link Clock#systemUTC()}. */
    public static Clock systemUtc() {
        return Clock.offset(Clock.systemUTC(), ahead);
    }

    /** {@link Clock#systemDefaultZone()}. */
    public static Clock systemDefaultZone() {
        return Clock.offset(Clock.systemDefaultZone(), ahead);
    }

    /** {@link Clock#system(ZoneId)}. */
    public static Clock system(ZoneId zone) {
        return Clock.offset(Clock.system(zone), ahead);
    }

    private static final class Calls implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] bytes) {
            if (loader == null || loader == ClassLoader.getPlatformClassLoader() || THIS.equals(name)) {
                return null;
            }
            try {
                return withCalls(bytes);
            } catch (RuntimeException e) {
                // The JVM would load the class as it is, and it would have another clock than the others.
                e.printStackTrace();
                Runtime.getRuntime().halt(CANNOT_BE_CHANGED);
                return null;
            }
        }

        /** The class with the calls replaced; null where it has none. */
        private static byte @Nullable [] withCalls(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            if (!text.contains("currentTimeMillis")
                    && !text.contains("java/time/Instant")
                    && !text.contains("java/time/Clock")) {
                return null;
            }
            ClassReader reader = new ClassReader(bytes);
            Replacing replacing = new Replacing(new ClassWriter(reader, 0));
            reader.accept(replacing, 0);
            return replacing.found ? replacing.writer.toByteArray() : null;
        }
    }

    private static final class Replacing extends ClassVisitor {
        private final ClassWriter writer;
        private boolean found;

        Replacing(ClassWriter writer) {
            super(Opcodes.ASM9, writer);
            this.writer = writer;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new MethodVisitor(Opcodes.ASM9, method) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean isInterface) {
                    String own = opcode == Opcodes.INVOKESTATIC ? REPLACED.get(owner + '.' + called + type) : null;
                    if (own == null) {
                        super.visitMethodInsn(opcode, owner, called, type, isInterface);
                    } else {
                        found = true;
                        super.visitMethodInsn(opcode, THIS, own, type, false);
                    }
                }

                /** Such as {@code System::currentTimeMillis}. */
                @Override
                public void visitInvokeDynamicInsn(String called, String type, Handle bootstrap, Object... arguments) {
                    super.visitInvokeDynamicInsn(
                            called,
                            type,
                            bootstrap,
                            Arrays.stream(arguments).map(this::replaced).toArray());
                }

                private Object replaced(Object argument) {
                    if (argument instanceof Handle handle && handle.getTag() == Opcodes.H_INVOKESTATIC) {
                        String own = REPLACED.get(handle.getOwner() + '.' + handle.getName() + handle.getDesc());
                        if (own != null) {
                            found = true;
                            return new Handle(Opcodes.H_INVOKESTATIC, THIS, own, handle.getDesc(), false);
                        }
                    }
                    return argument;
                }
            };
        }
    }
}
