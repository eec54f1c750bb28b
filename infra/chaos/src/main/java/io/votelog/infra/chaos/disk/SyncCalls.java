// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Has Kafka's classes call {@link Syncs} where they sync. The calls are replaced and not what they call: the JDK's own method is native
 * in part, and what else a JVM syncs is nothing of a broker's.
 */
final class SyncCalls implements ClassFileTransformer {
    private static final int API = Opcodes.ASM9;
    private static final int NO_MEMORY_OF_IT = 70;
    private static final String CHANNEL = "java/nio/channels/FileChannel";
    private static final String DESCRIPTOR = "java/io/FileDescriptor";
    private static final String SYNCS = Syncs.class.getName().replace('.', '/');

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || !(name.startsWith("org/apache/kafka/") || name.startsWith("kafka/"))) {
            return null;
        }
        try {
            return withNotedSyncs(bytes);
        } catch (RuntimeException e) {
            // The JVM would load the class as it is, and nobody would know what it syncs.
            e.printStackTrace();
            Runtime.getRuntime().halt(NO_MEMORY_OF_IT);
            return null;
        }
    }

    /** The class with the calls replaced; null where it has none. */
    static byte @Nullable [] withNotedSyncs(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.contains(CHANNEL) && !text.contains(DESCRIPTOR)) {
            return null;
        }
        ClassReader reader = new ClassReader(bytes);
        Replacing replacing = new Replacing(new ClassWriter(reader, 0));
        reader.accept(replacing, 0);
        return replacing.found ? replacing.writer.toByteArray() : null;
    }

    /** A static method that takes the object as its first argument leaves the stack as the method of the object does. */
    private static final class Replacing extends ClassVisitor {
        private final ClassWriter writer;
        private boolean found;

        Replacing(ClassWriter writer) {
            super(API, writer);
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
            return new MethodVisitor(API, method) {
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
                    found = true;
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, SYNCS, called, type, false);
                }
            };
        }
    }
}
