// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every version of every event's schema that was ever committed, oldest first: {@code history/<Event>/<n>.avsc} beside this
 * class, n from 1. A version stays for as long as a log may hold an event that was written with it.
 */
final class SchemaHistory {
    private SchemaHistory() {}

    static List<Schema> versions(String fullName) {
        String name = fullName.substring(fullName.lastIndexOf('.') + 1);
        List<Schema> versions = new ArrayList<>();
        for (int n = 1; ; n++) {
            String resource = "history/%s/%d.avsc".formatted(name, n);
            try (InputStream in = SchemaHistory.class.getResourceAsStream(resource)) {
                if (in == null) {
                    return List.copyOf(versions);
                }
                versions.add(new Schema.Parser().parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + resource, e);
            }
        }
    }
}
