// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The fields of Strimzi's classes that are not in version v1 of its API. The classes say it by an annotation that is not published, so it is
 * read from their bytes.
 */
final class OldFields {
    private static final String ANNOTATION = "Lio/strimzi/crdgenerator/annotations/PresentInVersions;";

    /** By class, the names of getters. */
    private static final Map<Class<?>, Set<String>> GETTERS = new ConcurrentHashMap<>();

    private OldFields() {}

    /** Whether a getter or a setter is that of such a field. */
    static boolean isOne(Class<?> type, String member) {
        return type.getName().startsWith("io.strimzi.")
                && GETTERS.computeIfAbsent(type, OldFields::read).contains(member.replaceFirst("^set", "get"));
    }

    private static Set<String> read(Class<?> type) {
        Set<String> getters = new HashSet<>();
        String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not where its class is");
            }
            new ClassReader(in).accept(new Getters(getters), ClassReader.SKIP_CODE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Set.copyOf(getters);
    }

    private static final class Getters extends ClassVisitor {
        private final Set<String> old;

        private Getters(Set<String> old) {
            super(Opcodes.ASM9);
            this.old = old;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    if (!annotation.equals(ANNOTATION)) {
                        return null;
                    }
                    return new AnnotationVisitor(Opcodes.ASM9) {
                        @Override
                        public void visit(String member, Object versions) {
                            // A version, or a range such as v1alpha1-v1beta2.
                            if (versions.toString().endsWith("v1beta2")) {
                                old.add(name);
                            }
                        }
                    };
                }
            };
        }
    }
}
