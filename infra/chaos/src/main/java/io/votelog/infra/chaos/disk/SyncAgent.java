// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.disk;

import io.votelog.infra.broker.AgentJar;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The agent in the JVM of a Kafka node: it begins the record of the node's storage before Kafka opens it, and has every sync noted there.
 * It needs Linux, where the name of an open file is found in {@code /proc}.
 */
public final class SyncAgent {
    private static final String STORAGE = "storage";

    private SyncAgent() {}

    /**
     * How often the operating system writes back what was not synced.
     *
     * @param everyMs milliseconds between two times, each of which takes half of the files; 0 for never
     * @param seed which files those are
     */
    public record WriteBack(long everyMs, long seed) {
        /** Has it done so for the node's next start. */
        public void of(String node, Path records) throws IOException {
            Files.createDirectories(records);
            Files.writeString(file(node, records), everyMs + " " + seed);
        }

        private static WriteBack read(String node, Path records) throws IOException {
            Path file = file(node, records);
            if (Files.notExists(file)) {
                return new WriteBack(0, 0);
            }
            String[] words = Files.readString(file).split(" ");
            return new WriteBack(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }

        private static Path file(String node, Path records) {
            return records.resolve(node + ".write-back");
        }
    }

    /**
     * The option by which a JVM of a Kafka node gets the agent.
     *
     * @param folder where the agent's jar is made
     * @param records where the record of each node is, in a folder of the node's name
     */
    public static String option(Path folder, Path records) throws IOException {
        return AgentJar.option(folder, SyncAgent.class, records.toAbsolutePath().toString());
    }

    /** The JVM's way in; its working directory is the node's folder. */
    public static void premain(String records, Instrumentation jvm) throws IOException, ReflectiveOperationException {
        Path folder = Path.of("").toAbsolutePath();
        String node = String.valueOf(folder.getFileName());
        Path storage = folder.resolve(STORAGE);
        Set<Module> here = Set.of(SyncAgent.class.getModule());
        jvm.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("java.io", here, "sun.nio.ch", here),
                Set.of(),
                Map.of());
        SyncRecord record = SyncRecord.of(storage, Path.of(records).resolve(node));
        Syncs.noteIn(record);
        jvm.addTransformer(SyncCalls.inKafka());
        WriteBack writeBack = WriteBack.read(node, Path.of(records));
        if (writeBack.everyMs() > 0) {
            Thread thread = new Thread(() -> writeBack(record, storage, writeBack), "write-back");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void writeBack(SyncRecord record, Path storage, WriteBack writeBack) {
        Random random = new Random(writeBack.seed());
        try {
            // The first time comes at any moment, as it does on a machine that has been running.
            Thread.sleep(random.nextInt(Math.toIntExact(writeBack.everyMs())));
            while (true) {
                record.writeBackSome(storage, random);
                Thread.sleep(writeBack.everyMs());
            }
        } catch (IOException e) {
            e.printStackTrace();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The storage of each node of a cluster in this folder, by the node's name, for nodes of these names. */
    public static Map<String, Path> storages(Path kafka, List<String> nodes) {
        return nodes.stream().collect(Collectors.toMap(node -> node, node -> kafka.resolve(node)
                .resolve(STORAGE)));
    }
}
