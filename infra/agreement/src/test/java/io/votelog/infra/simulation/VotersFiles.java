// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.simulation;

import io.votelog.schemas.BallotDefinition;
import io.votelog.streams.topology.CountTask;
import io.votelog.streams.topology.VotelogTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Uuid;

/** What becomes of files of voters while nobody has them open: damage, loss, and others in their place. */
final class VotersFiles {
    /** Files of another log, in which the same voters voted on the same ballots: by the number of its partitions. */
    private static final Map<Integer, List<byte[]>> OF_ANOTHER_LOG = new HashMap<>();

    private static final Uuid ANOTHER = new Uuid(4711, 4711);

    private final Random random;
    private final int partitions;
    private final Path folder;
    private final List<List<byte[]>> copies = new ArrayList<>();

    /** @param folder for files of another log, while they are made */
    VotersFiles(Random random, int partitions, Path folder) {
        this.random = random;
        this.partitions = partitions;
        this.folder = folder;
        for (int partition = 0; partition < partitions; partition++) {
            copies.add(new ArrayList<>());
        }
    }

    /** Does something to each file of an instance, or nothing; says what. */
    String accident(Path instance) {
        StringBuilder done = new StringBuilder();
        for (int partition = 0; partition < partitions; partition++) {
            Path file = instance.resolve(CountTask.votersFile(partition));
            try {
                if (Files.exists(file)) {
                    done.append("; voters ").append(partition).append(' ').append(accident(partition, file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return done.toString();
    }

    private String accident(int partition, Path file) throws IOException {
        int dice = random.nextInt(16);
        if (dice < 6) {
            return "stay";
        }
        byte[] bytes = Files.readAllBytes(file);
        if (dice < 8) {
            copies.get(partition).add(bytes);
            return "stay, and are copied";
        }
        switch (dice) {
            case 8 -> {
                int length = random.nextInt(bytes.length + 1);
                Files.write(file, Arrays.copyOf(bytes, length));
                return "are cut to %d of %d bytes".formatted(length, bytes.length);
            }
            case 9 -> {
                int at = random.nextInt(bytes.length + 1);
                Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(200)), (byte) 0);
                Files.write(file, bytes);
                return "have zeros at %d of %d".formatted(at, bytes.length);
            }
            case 10 -> {
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
                    Files.write(file, bytes);
                }
                return "have another byte";
            }
            case 11 -> {
                Files.delete(file);
                return "are lost";
            }
            case 12, 13 -> {
                return copied(partition, file) ? "are those of before, or of another instance" : "stay";
            }
            case 14 -> {
                Path other = file.resolveSibling(CountTask.votersFile((partition + 1) % partitions));
                if (partitions == 1 || Files.notExists(other)) {
                    return "stay";
                }
                Files.write(file, Files.readAllBytes(other));
                return "are those of another partition";
            }
            default -> {
                Files.write(file, ofAnotherLog().get(partition));
                return "are those of another log";
            }
        }
    }

    private boolean copied(int from, Path file) throws IOException {
        List<byte[]> known = copies.get(from);
        if (known.isEmpty()) {
            return false;
        }
        Files.write(file, known.get(random.nextInt(known.size())));
        return true;
    }

    /** Keeps a copy of the files of an instance, as a backup does; they may be open. */
    void copy(Path instance) {
        for (int partition = 0; partition < partitions; partition++) {
            Path file = instance.resolve(CountTask.votersFile(partition));
            try {
                if (Files.exists(file)) {
                    copies.get(partition).add(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private List<byte[]> ofAnotherLog() {
        return OF_ANOTHER_LOG.computeIfAbsent(partitions, any -> {
            // What is drawn here is the same in all histories.
            Random fixed = new Random(partitions);
            Electorate electorate = new Electorate(fixed, partitions);
            VotesLog votes = new VotesLog(ANOTHER, partitions);
            List<byte[]> files = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                for (BallotDefinition ballot : electorate.ballots()) {
                    Electorate.Drawn opened = electorate.published(ballot, partition);
                    votes.append(partition, opened.key(), opened.value(), Electorate.START_MS);
                }
                for (int i = 0; i < 30; i++) {
                    Electorate.Drawn next = electorate.next(partition, List.of());
                    votes.append(partition, next.key(), next.value(), Electorate.START_MS);
                }
                VotelogTopology topology = Electorate.topology(votes);
                CountTask task = new CountTask(
                        topology, Electorate.keys(), votes, partition, partitions, folder, () -> Electorate.START_MS);
                task.open();
                task.start(Map.of());
                for (ConsumerRecord<byte[], byte[]> vote : votes.records(partition)) {
                    task.process(vote);
                    if (vote.offset() % 5 == 0) {
                        task.beginCommit();
                    }
                }
                task.beginCommit();
                task.close();
                try {
                    files.add(Files.readAllBytes(folder.resolve(CountTask.votersFile(partition))));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return files;
        });
    }
}
