// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The resources that a cluster gets. */
final class Manifests {
    static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "CronJob");

    private final List<Tree> resources;

    private Manifests(List<Tree> resources) {
        this.resources = resources;
    }

    /** @throws IllegalArgumentException where two resources have one kind and name */
    static Manifests of(List<Map<String, Object>> resources) {
        Map<String, Tree> byName = new TreeMap<>();
        for (Map<String, Object> resource : resources) {
            Tree tree = new Tree("", resource);
            String name = tree.kind() + " " + tree.name();
            if (byName.put(name, new Tree(name, resource)) != null) {
                throw new IllegalArgumentException(name + " is there twice");
            }
        }
        return new Manifests(List.copyOf(byName.values()));
    }

    /** The same with another value at a path of one resource, or without what is there where the value is null. */
    Manifests with(String kind, String name, List<Object> path, @Nullable Object value) {
        List<Map<String, Object>> changed = new ArrayList<>();
        resources.forEach(resource -> changed.add(Trees.map(Trees.copy(resource.value()))));
        Map<String, Object> target = changed.stream()
                .filter(resource -> new Tree("", resource).kind().equals(kind)
                        && new Tree("", resource).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s %s is not there".formatted(kind, name)));
        if (path.isEmpty()) {
            changed.remove(target);
            if (value != null) {
                changed.add(Trees.map(value));
            }
        } else {
            Trees.set(target, path, value);
        }
        return of(changed);
    }

    List<Tree> all() {
        return resources;
    }

    List<Tree> ofKind(String kind) {
        return resources.stream()
                .filter(resource -> resource.kind().equals(kind))
                .toList();
    }

    Set<String> namesOf(String kind) {
        Set<String> names = new TreeSet<>();
        ofKind(kind).forEach(resource -> names.add(resource.name()));
        return names;
    }

    /** The resource; an empty tree where it is not there. */
    Tree named(String kind, String name) {
        return ofKind(kind).stream()
                .filter(resource -> resource.name().equals(name))
                .findFirst()
                .orElseGet(() -> new Tree(kind + " " + name, null));
    }

    Stream<Tree> workloads() {
        return resources.stream().filter(resource -> WORKLOADS.contains(resource.kind()));
    }

    /** What a workload's pods are made from: {@code metadata} and {@code spec}. */
    static Tree podTemplate(Tree workload) {
        return workload.kind().equals("CronJob")
                ? workload.at("spec", "jobTemplate", "spec", "template")
                : workload.at("spec", "template");
    }

    static Tree podSpec(Tree workload) {
        return podTemplate(workload).at("spec");
    }

    static Tree container(Tree workload) {
        return podSpec(workload).at("containers", 0);
    }

    static Map<String, String> podLabels(Tree workload) {
        return podTemplate(workload).at("metadata", "labels").scalars();
    }

    /** A file of a ConfigMap. */
    Tree file(String configMap, String key) {
        Tree text = named("ConfigMap", configMap).at("data", key);
        List<Object> documents = Yaml.documents(text.text(), text.where());
        return new Tree(text.where(), documents.isEmpty() ? null : documents.get(0));
    }
}
