// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.neighbours;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.message.SchemaStore;

/** Reads the events of one kind in Avro's single-object encoding, whichever version of its schema they were written with. */
final class EventReader {
    private final BinaryMessageDecoder<GenericRecord> decoder;

    private EventReader(BinaryMessageDecoder<GenericRecord> decoder) {
        this.decoder = decoder;
    }

    /**
     * A reader of one kind.
     *
     * @param history the folder {@code schemas/src/main/resources/io/votelog/schemas/history}
     * @param kind such as {@code VoteDecided}
     * @throws IOException where the folder has no schema of that kind
     */
    static EventReader of(Path history, String kind) throws IOException {
        SchemaStore.Cache known = new SchemaStore.Cache();
        Schema newest = null;
        for (Path file : versions(history.resolve(kind))) {
            newest = new SchemaParser().parse(file).mainSchema();
            known.addSchema(newest);
        }
        if (newest == null) {
            throw new IOException("%s has no schema of %s".formatted(history, kind));
        }
        return new EventReader(new BinaryMessageDecoder<>(GenericData.get(), newest, known));
    }

    private static List<Path> versions(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.comparingInt(file ->
                            Integer.parseInt(file.getFileName().toString().replace(".avsc", ""))))
                    .toList();
        }
    }

    /**
     * An event, in the newest version's form.
     *
     * @throws MissingSchemaException where it is of another kind, or of a version that the folder did not have
     * @throws IOException where it is no event
     */
    GenericRecord read(byte[] value) throws IOException {
        return decoder.decode(value);
    }

    /** The same where others may stand beside this kind; empty for one of another kind. */
    Optional<GenericRecord> readIfOfItsKind(byte[] value) throws IOException {
        try {
            return Optional.of(read(value));
        } catch (MissingSchemaException e) {
            return Optional.empty();
        }
    }
}
