// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The modules that the root pom lists, with their main classes as the compiler left them in {@code target/classes}, and the arrows
 * between modules and between packages. Packages are named without {@code io.votelog.}.
 */
final class Modules {
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static final String OURS = "io.votelog.";
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** The packages of classes that JMH makes of a benchmark when it is compiled; nobody writes them. */
    private static final String MADE = ".jmh_generated";

    /** A line of jdeps: the class that uses another, left out where the line above has it, and the other. */
    private static final Pattern USE = Pattern.compile(" {3}(?:([\\w.$-]+) +| +)-> ([\\w.$-]+) .*");

    private static final Modules ALL = new Modules();

    private final List<String> names;
    private final JavaClasses classes;
    private final Map<String, String> moduleByPackage = new TreeMap<>();
    private final Map<String, Set<String>> uses = new TreeMap<>();
    private final Map<String, Map<String, String>> arrows = new TreeMap<>();

    private Modules() {
        names = MODULE.matcher(text(ROOT.resolve("pom.xml")))
                .results()
                .map(module -> module.group(1))
                .toList();
        List<Path> compiled = new ArrayList<>();
        for (String name : names) {
            Path folder = ROOT.resolve(name).resolve("target/classes");
            if (Files.isDirectory(ROOT.resolve(name).resolve("src/main/java"))) {
                assertThat(folder)
                        .as("the classes of %s; they are built by ./mvnw test -pl infra/architecture -am", name)
                        .isDirectory();
                compiled.add(folder);
            }
        }
        classes = new ClassFileImporter()
                .withImportOption(place -> !place.contains("/jmh_generated/"))
                .importPaths(compiled);
        for (JavaClass type : classes) {
            String uri = type.getSource().orElseThrow().getUri().getPath();
            String module = names.stream()
                    .filter(name -> uri.startsWith(ROOT.resolve(name) + "/target/classes/"))
                    .findFirst()
                    .orElseThrow();
            moduleByPackage.put(room(type), module);
        }
        read(compiled);
        uses.forEach((from, targets) -> targets.stream()
                .filter(target -> target.startsWith(OURS) && !room(target).equals(room(from)))
                .forEach(target -> arrows.computeIfAbsent(room(from), room -> new TreeMap<>())
                        .putIfAbsent(room(target), from + " uses " + target)));
    }

    /** By jdeps, which unlike ArchUnit sees a class of which nothing but a constant is used, since the compiler copies that. */
    private void read(List<Path> compiled) {
        StringWriter said = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("-verbose:class", "-filter:none"));
        compiled.forEach(folder -> arguments.add(folder.toString()));
        ToolProvider jdeps = ToolProvider.findFirst("jdeps")
                .orElseThrow(
                        () -> new AssertionError("no jdeps here: these tests need a JDK with the module jdk.jdeps"));
        PrintWriter out = new PrintWriter(said);
        int code = jdeps.run(out, out, arguments.toArray(String[]::new));
        out.flush();
        assertThat(code).as("jdeps says %s", said).isZero();
        String from = "";
        for (String line : said.toString().lines().toList()) {
            Matcher use = USE.matcher(line);
            if (use.matches()) {
                from = use.group(1) == null ? from : use.group(1);
                if (from.contains(MADE)) {
                    continue;
                }
                uses.computeIfAbsent(from, type -> new TreeSet<>()).add(use.group(2));
            }
        }
        assertThat(uses).as("what jdeps says of the classes").hasSizeGreaterThan(300);
    }

    /** Read once for all tests. */
    static Modules all() {
        return ALL;
    }

    /** In the order of the pom. */
    List<String> names() {
        return names;
    }

    JavaClasses classes() {
        return classes;
    }

    /** All packages that have classes, sorted. */
    Set<String> rooms() {
        return moduleByPackage.keySet();
    }

    List<String> roomsOf(String module) {
        return rooms().stream().filter(room -> moduleOf(room).equals(module)).toList();
    }

    String moduleOf(String room) {
        return moduleByPackage.getOrDefault(room, "no module");
    }

    /** The packages that a package uses, each with one of the places that use it. */
    Map<String, String> arrowsFrom(String room) {
        return arrows.getOrDefault(room, Map.of());
    }

    /** The modules that a module uses, each with one of the places that use it. */
    Map<String, String> modulesUsedBy(String module) {
        Map<String, String> used = new TreeMap<>();
        roomsOf(module).forEach(room -> arrowsFrom(room).forEach((target, place) -> {
            if (!moduleOf(target).equals(module)) {
                used.putIfAbsent(moduleOf(target), place);
            }
        }));
        return used;
    }

    /** All classes that a class uses, by their names. */
    Map<String, Set<String>> uses() {
        return uses;
    }

    /** The package of a class, one inside another class included. */
    static String room(JavaClass type) {
        return room(type.getName());
    }

    static String room(String className) {
        String name = className.substring(0, Math.max(0, className.lastIndexOf('.')));
        return name.startsWith(OURS) ? name.substring(OURS.length()) : name;
    }

    /** The name of the class that stands in no other: a nested or an anonymous class belongs to it. */
    static String topLevel(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /** From those that use others to those that are used, and by name where neither uses the other. */
    static List<String> topToBottom(List<String> names, Map<String, ? extends Set<String>> uses) {
        Map<String, Integer> heights = new HashMap<>();
        names.forEach(name -> height(name, uses, heights, Set.of()));
        return names.stream()
                .sorted(Comparator.comparing((String name) -> -heights.getOrDefault(name, 0))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static int height(
            String name, Map<String, ? extends Set<String>> uses, Map<String, Integer> heights, Set<String> above) {
        Integer known = heights.get(name);
        if (known != null || above.contains(name)) {
            return known == null ? 0 : known;
        }
        Set<String> path = new TreeSet<>(above);
        path.add(name);
        int height = 0;
        for (String used : uses.containsKey(name) ? uses.get(name) : Set.<String>of()) {
            height = Math.max(height, 1 + height(used, uses, heights, path));
        }
        heights.put(name, height);
        return height;
    }

    /** The sources of a module's main classes. */
    List<Path> sources(String module) {
        return javaIn(ROOT.resolve(module).resolve("src/main/java"));
    }

    /** All sources below a folder; none where there is no such folder. */
    static List<Path> javaIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<MatchResult> found(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }
}
