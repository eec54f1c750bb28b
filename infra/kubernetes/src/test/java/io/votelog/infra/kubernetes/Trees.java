// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes maps and lists as YAML has them. */
final class Trees {
    /** The lists that Kubernetes merges item by item, and the member by which two items are the same; all other lists are replaced. */
    private static final Map<String, String> MERGED_BY =
            Map.of("containers", "name", "topologySpreadConstraints", "topologyKey");

    private Trees() {}

    @SuppressWarnings("unchecked") // The keys of YAML's maps here are texts.
    static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(@Nullable Object value) {
        return (List<Object>) value;
    }

    static Map<String, Object> member(Map<String, Object> map, String name) {
        return map(map.computeIfAbsent(name, missing -> new LinkedHashMap<String, Object>()));
    }

    static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, member) -> copy.put(name.toString(), copy(member)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(copy(item)));
            return copy;
        }
        return value;
    }

    /** Sets what stands at a path, or takes it away where the value is null; all but the last step must be there. */
    static void set(Object root, List<Object> path, @Nullable Object value) {
        Object parent = root;
        for (Object step : path.subList(0, path.size() - 1)) {
            Object next = step instanceof Integer place
                    ? list(parent).get(place)
                    : map(parent).get(step);
            if (next == null) {
                throw new IllegalArgumentException("%s of %s is not there".formatted(step, path));
            }
            parent = next;
        }
        Object last = path.get(path.size() - 1);
        if (last instanceof Integer place) {
            if (value == null) {
                list(parent).remove((int) place);
            } else if (place == list(parent).size()) {
                list(parent).add(value);
            } else {
                list(parent).set(place, value);
            }
        } else if (value == null) {
            if (map(parent).remove(last) == null) {
                throw new IllegalArgumentException("%s is not there".formatted(path));
            }
        } else {
            map(parent).put(last.toString(), value);
        }
    }

    /** A strategic merge, as far as the patches here need it. */
    static void merge(Map<String, Object> target, Map<String, Object> patch) {
        patch.forEach((name, value) -> {
            Object there = target.get(name);
            String key = MERGED_BY.get(name);
            if (there instanceof Map && value instanceof Map) {
                merge(map(there), map(value));
            } else if (key != null && there instanceof List && value instanceof List && !isCustom(target)) {
                mergeItems(list(there), list(value), key);
            } else {
                target.put(name, value);
            }
        });
    }

    /** A custom resource's lists are replaced, whatever they are called: those of a pod's template in Strimzi's resources. */
    private static boolean isCustom(Map<String, Object> target) {
        return !target.containsKey("containers");
    }

    private static void mergeItems(List<Object> there, List<Object> items, String key) {
        for (Object item : items) {
            Object name = map(item).get(key);
            Map<String, Object> same = there.stream()
                    .map(Trees::map)
                    .filter(candidate -> candidate.get(key).equals(name))
                    .findFirst()
                    .orElse(null);
            if (same == null) {
                there.add(item);
            } else {
                merge(same, map(item));
            }
        }
    }

    /** The containers of a workload; none where the resource is none. */
    static List<Map<String, Object>> containers(Map<String, Object> resource) {
        return Manifests.podSpec(new Tree("", resource)).at("containers").items().stream()
                .map(container -> map(container.value()))
                .toList();
    }
}
