// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the documents tell a reader to type is there: programs, sub-commands, options, modules, tests, routes. {@code AuditIT} of
 * {@code infra/local} runs what can be run in seconds.
 */
class CommandsTest {
    private static final String WORD = "(?:\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|[^\\s|;)>\"'#`])+";
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");

    private static Map<Path, String> documents;

    /** A command as a document has it. */
    private record Command(Path document, List<String> words) {
        @Override
        public String toString() {
            return Modules.ROOT.relativize(document) + ": " + String.join(" ", words);
        }

        private List<String> options() {
            return words.stream()
                    .filter(word -> OPTION.matcher(word.split("=", 2)[0]).matches())
                    .map(word -> word.split("=", 2)[0])
                    .toList();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        documents = new TreeMap<>();
        Files.walkFileTree(Modules.ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return !folder.equals(Modules.ROOT)
                                && Set.of("target", "src", ".git", ".votelog", ".idea", ".vscode")
                                        .contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // A log of changes tells of what was.
                if (file.toString().endsWith(".md") && !file.endsWith("CHANGELOG.md")) {
                    documents.put(file, Modules.text(file).replaceAll("\\\\\n\\s*", " "));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(documents).hasSizeGreaterThan(12);
    }

    @Test
    void infraUpShouldTakeItsOptions() throws Exception {
        List<Command> commands = commands("infra/up");
        assertThat(commands).hasSizeGreaterThan(4);
        List<String> wrong = new ArrayList<>();
        for (Command command : commands) {
            // It looks at its options in turn and ends at --help.
            List<String> run = new ArrayList<>(List.of("bash"));
            run.addAll(command.words());
            run.add("--help");
            Process process = new ProcessBuilder(run)
                    .directory(Modules.ROOT.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                wrong.add(command + ": " + said.lines().findFirst().orElse(""));
            }
        }
        assertThat(wrong).as("infra/up as documents have it, and what it says").isEmpty();
    }

    @Test
    void theBenchShouldHaveItsCommandsAndOptions() {
        assertInSources(commands("infra/bench/run"), 1, "infra/bench");
    }

    @Test
    void theChaosShouldHaveItsOptions() {
        assertInSources(commands("infra/chaos/run"), 1, "infra/chaos");
        assertInSources(commands("infra/chaos/power"), 1, "infra/chaos");
    }

    @Test
    void theImagesShouldHaveTheirOptions() {
        assertInSources(commands("infra/images/build"), 1, "infra/images");
    }

    @Test
    void theAuditorShouldHaveItsCommandsAndOptions() {
        List<Command> commands = new ArrayList<>(commands("java -jar auditor/target/votelog-auditor.jar"));
        assertThat(commands).hasSizeGreaterThan(7);
        assertInSources(commands, 3, "auditor");
        assertInSources(commands("$ auditor"), 2, "auditor");
    }

    /** Whether some command line of that module knows these words. Whether each one knows its own, those find that are run. */
    private static void assertInSources(List<Command> commands, int programWords, String module) {
        String sources =
                Modules.all().sources(module).stream().map(Modules::text).collect(Collectors.joining());
        List<String> wrong = new ArrayList<>();
        for (Command command : commands) {
            if (command.words().size() > programWords) {
                String name = command.words().get(programWords);
                if (!name.startsWith("-") && !sources.contains("name = \"" + name + "\"")) {
                    wrong.add(command + ": no command " + name);
                }
            }
            command.options().stream()
                    .filter(option -> !option.equals("--help") && !sources.contains('"' + option + '"'))
                    .forEach(option -> wrong.add(command + ": no option " + option));
        }
        assertThat(commands).as("commands of %s in the documents", module).isNotEmpty();
        assertThat(wrong)
                .as("commands and options that %s does not have", module)
                .isEmpty();
    }

    @Test
    void mavenShouldFindItsModulesTestsAndProperties() {
        Set<String> tests = new TreeSet<>();
        StringBuilder sources = new StringBuilder();
        for (String module : Modules.all().names()) {
            for (Path source : Modules.javaIn(Modules.ROOT.resolve(module).resolve("src/test/java"))) {
                tests.add(source.getFileName().toString().replace(".java", ""));
                sources.append(Modules.text(source));
            }
            Modules.all().sources(module).forEach(source -> sources.append(Modules.text(source)));
        }
        List<String> wrong = new ArrayList<>();
        List<Command> commands = commands("./mvnw");
        assertThat(commands).hasSizeGreaterThan(6);
        for (Command command : commands) {
            List<String> words = command.words();
            int modules = words.indexOf("-pl");
            if (modules > 0) {
                Arrays.stream(words.get(modules + 1).split(","))
                        .filter(module -> !Modules.all().names().contains(module))
                        .forEach(module -> wrong.add(command + ": no module " + module));
            }
            for (String word : words) {
                if (word.matches("-D(it\\.)?test=.*")) {
                    Arrays.stream(word.substring(word.indexOf('=') + 1).split(","))
                            .filter(test -> !test.equals("None") && !tests.contains(test))
                            .forEach(test -> wrong.add(command + ": no test " + test));
                }
            }
        }
        documents.forEach((document, text) -> Modules.found(Pattern.compile("-D(votelog\\.[a-z.-]+)"), text)
                .map(property -> property.group(1))
                .filter(property -> !sources.toString().contains('"' + property + '"'))
                .forEach(property -> wrong.add(Modules.ROOT.relativize(document) + ": nothing reads " + property)));
        assertThat(wrong)
                .as("what documents have Maven do, and what is not there")
                .isEmpty();
    }

    /** By the port: the gateway, the read side, and their doors for operators. */
    @Test
    void curlShouldAskForRoutesThatAreDescribed() {
        Map<String, Set<String>> routes = Map.of(
                "8080", routes("producer/src/main/resources/openapi/producer.yaml"),
                "8081", routes("streams-app/src/main/resources/openapi/streams-app.yaml"),
                "9080", Set.of("GET /actuator/.*"),
                "9081", Set.of("GET /actuator/.*"));
        List<Command> commands = commands("curl");
        assertThat(commands).hasSizeGreaterThan(15);
        List<String> wrong = new ArrayList<>();
        for (Command command : commands) {
            MatchResult url = command.words().stream()
                    .flatMap(word -> Modules.found(Pattern.compile("localhost:(\\d+)(/[^?\"']*)"), word))
                    .findFirst()
                    .orElse(null);
            if (url == null) {
                continue;
            }
            int method = command.words().indexOf("-X");
            String asked = method > 0
                    ? command.words().get(method + 1)
                    : command.words().stream().anyMatch(word -> word.matches("-d|--data.*")) ? "POST" : "GET";
            String request = asked + " " + url.group(2);
            if (routes.getOrDefault(url.group(1), Set.of()).stream().noneMatch(request::matches)) {
                wrong.add(command + ": no route " + request + " at " + url.group(1));
            }
        }
        assertThat(wrong).as("requests that no OpenAPI document describes").isEmpty();
    }

    @Test
    void programsAndFilesShouldBeThere() {
        Pattern file = Pattern.compile(
                "(?<![\\w/.~-])((?:auditor|infra|schemas|rules|producer|streams-app|web)/[\\w/.-]+\\.(?:py|sh|yaml|pb))");
        Pattern jar = Pattern.compile("(\\w[\\w-]*/)?target/votelog-([a-z-]+)\\.jar");
        List<String> wrong = new ArrayList<>();
        documents.forEach((document, text) -> {
            Modules.found(file, text)
                    .map(found -> found.group(1))
                    .filter(found -> !Files.exists(Modules.ROOT.resolve(found)))
                    .forEach(found -> wrong.add(Modules.ROOT.relativize(document) + ": " + found));
            Modules.found(jar, text)
                    .filter(found -> !Modules.text(
                                    Modules.ROOT.resolve(found.group(2)).resolve("pom.xml"))
                            .contains("<artifactId>votelog-" + found.group(2) + "</artifactId>"))
                    .forEach(found -> wrong.add(Modules.ROOT.relativize(document) + ": " + found.group()));
        });
        assertThat(wrong).as("files that documents name and that are not there").isEmpty();
    }

    /** Each operation as a pattern of {@code METHOD /path}. */
    private static Set<String> routes(String openApi) {
        Set<String> routes = new TreeSet<>();
        String path = null;
        for (String line : Modules.text(Modules.ROOT.resolve(openApi)).lines().toList()) {
            if (line.matches("\\S.*")) {
                path = null;
            } else if (line.matches(" {2}/\\S*:")) {
                path = line.strip().replaceAll(":$", "");
            } else if (path != null && line.matches(" {4}(get|put|post|delete):")) {
                routes.add(line.strip().replace(":", "").toUpperCase(Locale.ROOT) + " "
                        + path.replaceAll("\\{[^}]*}", "[^/]+"));
            }
        }
        assertThat(routes).as("routes of %s", openApi).hasSizeGreaterThan(5);
        return routes;
    }

    private static List<Command> commands(String program) {
        Pattern pattern =
                Pattern.compile("(?<![\\w/.-])" + Pattern.quote(program) + "(?![\\w/.-])((?:[ ]+" + WORD + ")*)");
        List<Command> commands = new ArrayList<>();
        documents.forEach((document, text) -> code(text)
                .forEach(code -> Modules.found(pattern, code).forEach(found -> {
                    List<String> words = new ArrayList<>(List.of(program.split(" ")));
                    Modules.found(Pattern.compile(WORD), found.group(1))
                            .map(MatchResult::group)
                            .forEach(words::add);
                    commands.add(new Command(document, words));
                })));
        return commands;
    }

    /** What stands in fences, behind four blanks, or in backticks. */
    private static Stream<String> code(String text) {
        return Modules.found(Pattern.compile("(?ms)^ *```.*?^ *```|^ {4}.*?$|`[^`\n]+`"), text)
                .map(MatchResult::group);
    }
}
