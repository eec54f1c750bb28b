// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code infra/compose/compose.yaml}, with all that it refers to in its place. */
final class ComposeFile {
    static final Path FOLDER = Builds.REPOSITORY.resolve("infra/compose");

    private ComposeFile() {}

    static JsonNode read() throws IOException {
        Object document = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(FOLDER.resolve("compose.yaml")));
        return new JsonMapper().valueToTree(merged(document));
    }

    /** The key {@code <<} brings in another mapping (YAML 1.1); what stands beside it wins. */
    private static Object merged(Object value) {
        if (!(value instanceof Map<?, ?> mapping)) {
            return value;
        }
        Map<Object, Object> merged = new LinkedHashMap<>();
        if (mapping.get("<<") != null && merged(mapping.get("<<")) instanceof Map<?, ?> other) {
            merged.putAll(other);
        }
        mapping.forEach((key, inner) -> {
            if (!"<<".equals(key)) {
                merged.put(key, merged(inner));
            }
        });
        return merged;
    }
}
