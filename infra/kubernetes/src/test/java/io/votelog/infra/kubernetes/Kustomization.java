// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What kustomize makes of a folder, as far as the folders here use kustomize. It knows no more than that: a word that it does not know, a file
 * that is not there, and a patch of something that is not there are errors. The names of generated ConfigMaps get no hash.
 */
final class Kustomization {
    private static final Set<String> WORDS = Set.of(
            "apiVersion", "kind", "namespace", "resources", "components", "configMapGenerator", "images", "patches");

    private final Path folder;
    private final Tree file;
    private final List<Map<String, Object>> resources;

    private Kustomization(Path folder, List<Map<String, Object>> resources) {
        this.folder = folder;
        this.file = Yaml.tree(folder.resolve("kustomization.yaml"));
        this.resources = resources;
        file.members().keySet().stream().filter(word -> !WORDS.contains(word)).forEach(word -> {
            throw new IllegalArgumentException("%s has %s, which is not read here".formatted(file.where(), word));
        });
    }

    /** All resources of the folder, with what it takes from others, patched. */
    static Manifests of(Path folder) {
        List<Map<String, Object>> resources = new ArrayList<>();
        new Kustomization(folder, resources).build();
        return Manifests.of(resources);
    }

    private void build() {
        for (Tree resource : file.at("resources").items()) {
            Path path = existing(resource);
            if (Files.isDirectory(path)) {
                List<Map<String, Object>> inner = new ArrayList<>();
                new Kustomization(path, inner).build();
                resources.addAll(inner);
            } else {
                Yaml.trees(path).forEach(tree -> resources.add(Trees.map(Trees.copy(tree.value()))));
            }
        }
        file.at("components").items().forEach(component -> new Kustomization(existing(component), resources).build());
        file.at("configMapGenerator").items().forEach(this::generate);
        file.at("patches").items().forEach(this::patch);
        file.at("images").items().forEach(this::image);
        if (!file.at("namespace").missing()) {
            resources.forEach(resource -> Trees.member(resource, "metadata")
                    .put("namespace", file.at("namespace").text()));
        }
    }

    private Path existing(Tree name) {
        Path path = folder.resolve(name.text()).normalize();
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("%s names %s, which is not there".formatted(file.where(), name.text()));
        }
        return path;
    }

    private void generate(Tree generator) {
        Map<String, Object> data = new LinkedHashMap<>();
        for (String literal : generator.at("literals").texts()) {
            String[] sides = literal.split("=", 2);
            data.put(sides[0], sides[1]);
        }
        for (Tree named : generator.at("files").items()) {
            Path path = existing(named);
            data.put(path.getFileName().toString(), Yaml.text(path));
        }
        String name = generator.at("name").text();
        List<Map<String, Object>> there = selected("ConfigMap", name, "");
        boolean merge = generator.at("behavior").is("merge");
        if (merge == there.isEmpty()) {
            throw new IllegalArgumentException("%s: ConfigMap %s %s"
                    .formatted(file.where(), name, merge ? "is not there to be merged" : "is made twice"));
        }
        if (merge) {
            Trees.member(there.get(0), "data").putAll(data);
        } else {
            Map<String, Object> made = new LinkedHashMap<>();
            made.put("apiVersion", "v1");
            made.put("kind", "ConfigMap");
            made.put("metadata", new LinkedHashMap<>(Map.of("name", name)));
            made.put("data", data);
            resources.add(made);
        }
    }

    private void patch(Tree patch) {
        if (!patch.at("path").missing()) {
            for (Tree change : Yaml.trees(existing(patch.at("path")))) {
                List<Map<String, Object>> targets = selected(change.kind(), change.name(), "");
                if (targets.size() != 1) {
                    throw new IllegalArgumentException("%s patches %s %s, of which there are %d"
                            .formatted(change.where(), change.kind(), change.name(), targets.size()));
                }
                Trees.merge(targets.get(0), Trees.map(Trees.copy(change.value())));
            }
            return;
        }
        Tree target = patch.at("target");
        List<Map<String, Object>> targets = selected(
                target.at("kind").text(),
                target.at("name").text(),
                target.at("labelSelector").text());
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s patches what is not there: %s".formatted(file.where(), target.value()));
        }
        for (Object document : Yaml.documents(patch.at("patch").text(), patch.where())) {
            for (Tree operation : new Tree(patch.where(), document).items()) {
                List<Object> path = new ArrayList<>();
                for (String step : operation.at("path").text().substring(1).split("/")) {
                    path.add(step);
                }
                for (Map<String, Object> resource : targets) {
                    switch (operation.at("op").text()) {
                        case "remove" -> Trees.set(resource, path, null);
                        case "replace" -> {
                            if (new Tree("", resource).at(path.toArray()).missing()) {
                                throw new IllegalArgumentException(
                                        "%s replaces %s, which is not there".formatted(patch.where(), path));
                            }
                            Trees.set(resource, path, operation.at("value").value());
                        }
                        default ->
                            throw new IllegalArgumentException(
                                    "%s: %s is not read here".formatted(patch.where(), operation.value()));
                    }
                }
            }
        }
    }

    private void image(Tree image) {
        List<Map<String, Object>> tagged = new ArrayList<>();
        resources.forEach(resource -> Trees.containers(resource).stream()
                .filter(container -> image.at("name").text().equals(container.get("image")))
                .forEach(tagged::add));
        if (tagged.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s tags an image that nothing runs: %s".formatted(file.where(), image.value()));
        }
        tagged.forEach(container -> container.put(
                "image", image.at("name").text() + ":" + image.at("newTag").text()));
    }

    private List<Map<String, Object>> selected(String kind, String name, String label) {
        String[] sides = label.split("=", 2);
        return resources.stream()
                .map(resource -> new Tree("", resource))
                .filter(resource -> resource.kind().equals(kind))
                .filter(resource -> name.isEmpty() || resource.name().equals(name))
                .filter(resource -> label.isEmpty()
                        || resource.at("metadata", "labels", sides[0]).text().equals(sides[1]))
                .map(resource -> Trees.map(resource.value()))
                .toList();
    }
}
