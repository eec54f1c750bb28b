// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads YAML: a key that stands twice is an error, and so is a document without content. */
final class Yaml {
    private Yaml() {}

    /** The documents of a text. */
    static List<Object> documents(String text, String where) {
        Load load = new Load(LoadSettings.builder()
                .setLabel(where)
                .setAllowDuplicateKeys(false)
                .setCodePointLimit(1 << 24)
                .build());
        List<Object> documents = new ArrayList<>();
        for (Object document : load.loadAllFromString(text)) {
            if (document == null) {
                throw new IllegalArgumentException(where + " has a document without content");
            }
            documents.add(document);
        }
        return documents;
    }

    static List<Tree> trees(Path file) {
        String where = Place.ROOT.relativize(file.toAbsolutePath().normalize()).toString();
        return documents(text(file), where).stream()
                .map(document -> new Tree(where, document))
                .toList();
    }

    /** The only document of a file. */
    static Tree tree(Path file) {
        List<Tree> trees = trees(file);
        if (trees.size() != 1) {
            throw new IllegalArgumentException("%s has %d documents; one is expected".formatted(file, trees.size()));
        }
        return trees.get(0);
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
