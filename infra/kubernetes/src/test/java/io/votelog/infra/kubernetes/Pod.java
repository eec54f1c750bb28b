// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A pod as its workload makes it: the environment of its container, and the files that are mounted in it. */
final class Pod {
    /**
     * A file that a container sees.
     *
     * @param source the ConfigMap or Secret that it is of, as {@code Secret name}
     * @param key its key there
     */
    record Mounted(String source, String key) {}

    private final Tree workload;
    private final Manifests manifests;

    Pod(Tree workload, Manifests manifests) {
        this.workload = workload;
        this.manifests = manifests;
    }

    /** Variables with their values; those of references to other ConfigMaps than those that are there are left out. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        Tree container = Manifests.container(workload);
        for (Tree from : container.at("envFrom").items()) {
            environment.putAll(manifests
                    .named("ConfigMap", from.at("configMapRef", "name").text())
                    .at("data")
                    .scalars());
        }
        for (Tree variable : container.at("env").items()) {
            environment.put(variable.at("name").text(), variable.at("value").text());
        }
        return environment;
    }

    /** The ConfigMaps that variables come from. */
    Set<String> environmentSources() {
        return Manifests.container(workload).at("envFrom").items().stream()
                .map(from -> from.at("configMapRef", "name").text())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Files by their path. Where a whole Secret is mounted that nobody here makes, its keys are those that the README names. */
    Map<String, Mounted> files() {
        Map<String, String> paths = new TreeMap<>();
        Manifests.container(workload)
                .at("volumeMounts")
                .items()
                .forEach(mount ->
                        paths.put(mount.at("name").text(), mount.at("mountPath").text()));
        Map<String, Mounted> files = new TreeMap<>();
        for (Tree volume : Manifests.podSpec(workload).at("volumes").items()) {
            String folder = paths.getOrDefault(volume.at("name").text(), "(not mounted)");
            for (String kind : List.of("secret", "configMap")) {
                Tree source = volume.at(kind);
                if (source.missing()) {
                    continue;
                }
                String name =
                        source.at(kind.equals("secret") ? "secretName" : "name").text();
                String from = (kind.equals("secret") ? "Secret " : "ConfigMap ") + name;
                if (source.at("items").missing()) {
                    keys(from, name).forEach(key -> files.put(folder + "/" + key, new Mounted(from, key)));
                }
                source.at("items")
                        .items()
                        .forEach(item -> files.put(
                                folder + "/" + item.at("path").text(),
                                new Mounted(from, item.at("key").text())));
            }
        }
        return files;
    }

    private Set<String> keys(String from, String name) {
        Tree there = manifests.named("ConfigMap", name);
        return from.startsWith("ConfigMap ") && !there.missing()
                ? there.at("data").members().keySet()
                : GivenByHand.keys().getOrDefault(from, Set.of());
    }

    /** Names of the files that are mounted in a folder. */
    Set<String> filesIn(String folder) {
        String prefix = folder.endsWith("/") ? folder : folder + "/";
        return files().keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The folders whose files the app takes for settings. */
    List<String> configTrees() {
        Tree settings = manifests.file(workload.name(), "application.yaml");
        return settings.at("spring", "config", "import").texts().stream()
                .filter(place -> place.startsWith("configtree:"))
                .map(place -> place.substring("configtree:".length()))
                .toList();
    }

    /** All that its container is told in which a path may stand: arguments, variables, files of ConfigMaps. */
    String told() {
        StringBuilder told = new StringBuilder(
                String.join("\n", Manifests.container(workload).at("args").texts()));
        environment().values().forEach(value -> told.append('\n').append(value));
        files().values().stream()
                .filter(file -> file.source().startsWith("ConfigMap "))
                .forEach(file -> told.append('\n')
                        .append(manifests
                                .named("ConfigMap", file.source().substring("ConfigMap ".length()))
                                .at("data", file.key())
                                .text()));
        return told.toString();
    }
}
