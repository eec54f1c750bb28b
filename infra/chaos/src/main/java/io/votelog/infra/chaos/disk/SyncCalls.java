// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import io.votelog.infra.broker.ClassChanges;
import java.util.List;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Has Kafka's classes call {@link Syncs} where they sync. The calls are replaced and not what they call: the JDK's own method is native
 * in part, and what else a JVM syncs is nothing of a broker's. A static method that takes the object as its first argument leaves the stack
 * as the method of the object does.
 */
final class SyncCalls extends MethodVisitor {
    private static final String CHANNEL = "java/nio/channels/FileChannel";
    private static final String DESCRIPTOR = "java/io/FileDescriptor";
    private static final String SYNCS = Syncs.class.getName().replace('.', '/');

    private final Runnable changed;

    private SyncCalls(MethodVisitor to, Runnable changed) {
        super(ClassChanges.ASM, to);
        this.changed = changed;
    }

    static ClassChanges inKafka() {
        return new ClassChanges(
                (loader, name) -> name.startsWith("org/apache/kafka/") || name.startsWith("kafka/"),
                List.of(CHANNEL, DESCRIPTOR),
                (method, to, changed) -> new SyncCalls(to, changed));
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String called, String type, boolean isInterface) {
        String call = owner + '.' + called + type;
        if (call.equals(CHANNEL + ".force(Z)V")) {
            noted("force", "(L" + CHANNEL + ";Z)V");
        } else if (call.equals(DESCRIPTOR + ".sync()V")) {
            noted("sync", "(L" + DESCRIPTOR + ";)V");
        } else {
            super.visitMethodInsn(opcode, owner, called, type, isInterface);
        }
    }

    private void noted(String called, String type) {
        changed.run();
        super.visitMethodInsn(Opcodes.INVOKESTATIC, SYNCS, called, type, false);
    }
}
