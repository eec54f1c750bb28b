// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.votelog.infra.system.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** The settings that an app knows: those of its records, and Spring Boot's. */
final class Settings {
    private static final Map<Part, Settings> ALL = new EnumMap<>(Part.class);
    private static final Map<String, Boolean> BOOTS = boots();

    /** By key; the text of the default where there is one. */
    private final Map<String, String> own = new TreeMap<>();

    private final Set<Class<?>> records = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));

    private Settings(List<String> packages) {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        packages.forEach(name -> scan.findCandidateComponents(name).forEach(found -> add(found.getBeanClassName())));
    }

    /** Those of an app. */
    static Settings of(Part part) {
        return ALL.computeIfAbsent(
                part,
                wanted -> new Settings(List.of(
                        "io.votelog.web", wanted == Part.GATEWAY ? "io.votelog.producer" : "io.votelog.streams")));
    }

    private void add(String className) {
        try {
            Class<?> type = Class.forName(className);
            records.add(type);
            add(type.getAnnotation(ConfigurationProperties.class).value(), type);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void add(String prefix, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
        for (int i = 0; i < components.length; i++) {
            Class<?> part = components[i].getType();
            String key = prefix + "."
                    + components[i].getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (part.isRecord() && part.getName().startsWith("io.votelog.")) {
                add(key, part);
            } else {
                DefaultValue value = parameters[i].getAnnotation(DefaultValue.class);
                own.put(key, value == null ? "" : String.join(",", value.value()));
            }
        }
    }

    /** The classes that are bound. */
    Set<Class<?>> records() {
        return Collections.unmodifiableSet(records);
    }

    /** The keys of the app's own settings. */
    Set<String> keys() {
        return Collections.unmodifiableSet(own.keySet());
    }

    String defaultOf(String key) {
        return Optional.ofNullable(own.get(key))
                .orElseThrow(() -> new IllegalArgumentException("there is no setting " + key));
    }

    Duration defaultDuration(String key) {
        return DurationStyle.detectAndParse(defaultOf(key));
    }

    /** Whether the app has a setting of that key. */
    boolean has(String key) {
        return own.containsKey(key)
                || BOOTS.containsKey(key)
                || BOOTS.entrySet().stream().anyMatch(map -> map.getValue() && key.startsWith(map.getKey() + "."));
    }

    /** The key of the setting that an environment variable gives. */
    Optional<String> ofVariable(String variable) {
        return own.keySet().stream()
                .filter(key -> Environment.names(key).contains(variable))
                .findFirst()
                .or(() -> BOOTS.keySet().stream()
                        .filter(key -> Environment.names(key).contains(variable))
                        .findFirst());
    }

    /** Spring Boot's keys, as its jars describe them, and whether each is a map of further ones. */
    private static Map<String, Boolean> boots() {
        Map<String, Boolean> keys = new TreeMap<>();
        try {
            for (URL place : Collections.list(
                    Settings.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
                for (JsonNode property :
                        new ObjectMapper().readTree(place.openStream()).path("properties")) {
                    keys.put(
                            property.path("name").asText(),
                            property.path("type").asText().startsWith("java.util.Map"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }
}
