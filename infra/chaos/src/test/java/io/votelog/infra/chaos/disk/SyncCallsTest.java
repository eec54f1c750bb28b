// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.common.CheckpointFile;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Kafka's own classes, as the agent gives them to a broker. */
final class SyncCallsTest {
    @ParameterizedTest
    @ValueSource(classes = {Utils.class, CheckpointFile.class, ProducerStateManager.class})
    void shouldHaveEverySyncNoted(Class<?> syncing) throws IOException {
        List<String> before = syncs(bytes(syncing));
        List<String> after = syncs(Objects.requireNonNull(SyncCalls.inKafka().changed(bytes(syncing))));

        assertThat(before).isNotEmpty().noneMatch(SyncCallsTest::isNoted);
        assertThat(after).hasSameSizeAs(before).allMatch(SyncCallsTest::isNoted);
    }

    @Test
    void shouldLeaveClassesThatSyncNothing() throws IOException {
        assertThat(SyncCalls.inKafka().changed(bytes(UnifiedLog.class))).isNull();
    }

    private static boolean isNoted(String call) {
        return call.startsWith(Syncs.class.getName().replace('.', '/'));
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class"))) {
            return in.readAllBytes();
        }
    }

    /** The calls by which the class syncs, noted or not. */
    private static List<String> syncs(byte[] type) {
        List<String> calls = new ArrayList<>();
        new ClassReader(type)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access,
                                    String name,
                                    String descriptor,
                                    @Nullable String signature,
                                    String @Nullable [] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitMethodInsn(
                                            int opcode, String owner, String called, String type, boolean isInterface) {
                                        boolean isOfFiles = owner.equals("java/nio/channels/FileChannel")
                                                        && called.equals("force")
                                                || owner.equals("java/io/FileDescriptor") && called.equals("sync");
                                        if (isOfFiles || isNoted(owner)) {
                                            calls.add(owner + "." + called);
                                        }
                                    }
                                };
                            }
                        },
                        0);
        return calls;
    }
}
