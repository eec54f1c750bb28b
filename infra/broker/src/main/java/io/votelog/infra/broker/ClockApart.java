// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.lang.instrument.Instrumentation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A wall clock that is wrong. As an agent, it has all classes but the JDK's call the methods of this class where they ask the JDK for the
 * time of day; what is measured by {@link System#nanoTime()} stays as it is.
 */
public final class ClockApart {
    private static final String THIS = ClockApart.class.getName().replace('.', '/');

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
        jvm.addTransformer(new ClassChanges(
                ClockApart::isOfNoJdk,
                List.of("currentTimeMillis", "java/time/Instant", "java/time/Clock"),
                (method, to, changed) -> new Calls(to, changed)));
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

    private static boolean isOfNoJdk(@Nullable ClassLoader loader, String name) {
        return loader != null && loader != ClassLoader.getPlatformClassLoader() && !name.equals(THIS);
    }

    private static final class Calls extends MethodVisitor {
        private final Runnable changed;

        Calls(MethodVisitor to, Runnable changed) {
            super(ClassChanges.ASM, to);
            this.changed = changed;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String type, boolean isInterface) {
            String own = opcode == Opcodes.INVOKESTATIC ? REPLACED.get(owner + '.' + called + type) : null;
            if (own == null) {
                super.visitMethodInsn(opcode, owner, called, type, isInterface);
            } else {
                changed.run();
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
                    changed.run();
                    return new Handle(Opcodes.H_INVOKESTATIC, THIS, own, handle.getDesc(), false);
                }
            }
            return argument;
        }
    }
}
