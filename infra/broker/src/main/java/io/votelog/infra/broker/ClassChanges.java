// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What an agent does to classes as they are loaded: it changes instructions of their methods. A class that cannot be changed ends the JVM. */
public final class ClassChanges implements ClassFileTransformer {
    /** The version of ASM's interface that visitors are for. */
    public static final int ASM = Opcodes.ASM9;

    private static final int CANNOT_BE_CHANGED = 70;

    private final BiPredicate<@Nullable ClassLoader, String> which;
    private final List<String> words;
    private final Change change;

    /** What is changed in a method. */
    @FunctionalInterface
    public interface Change {
        /**
         * A visitor that changes the method on its way to another one.
         *
         * @param method its name
         * @param to the visitor that gets what becomes of it
         * @param changed must be run where anything is changed, else the class stays as it is
         */
        MethodVisitor in(String method, MethodVisitor to, Runnable changed);
    }

    /**
     * @param which by loader, which is null for the JDK's own, and by name with slashes; what is changed is looked for in these classes alone
     * @param words a class that holds none of these texts is not looked into; with no words every class is
     */
    public ClassChanges(BiPredicate<@Nullable ClassLoader, String> which, List<String> words, Change change) {
        this.which = which;
        this.words = List.copyOf(words);
        this.change = change;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || !which.test(loader, name)) {
            return null;
        }
        try {
            return changed(bytes);
        } catch (RuntimeException e) {
            // The JVM would load the class as it is, and nobody would know that it is not changed.
            e.printStackTrace();
            Runtime.getRuntime().halt(CANNOT_BE_CHANGED);
            return null;
        }
    }

    /** The class with the changes; null where there is nothing to change. */
    public byte @Nullable [] changed(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!words.isEmpty() && words.stream().noneMatch(text::contains)) {
            return null;
        }
        ClassReader reader = new ClassReader(bytes);
        Changing changing = new Changing(new ClassWriter(reader, 0));
        reader.accept(changing, 0);
        return changing.changed ? changing.writer.toByteArray() : null;
    }

    private final class Changing extends ClassVisitor {
        private final ClassWriter writer;
        private boolean changed;

        Changing(ClassWriter writer) {
            super(ASM, writer);
            this.writer = writer;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            return change.in(
                    name, super.visitMethod(access, name, descriptor, signature, exceptions), () -> changed = true);
        }
    }
}
