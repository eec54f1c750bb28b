// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Modules and packages are the rooms of the house: which may use which, which library is known where, and how large one may be.
 * The tables below are the rules. The picture in ARCHITECTURE.md shows what is so ({@link PackagesTest}); the tables say what may be.
 */
class RoomsTest {
    /** What a module may use of the others; a module of infra that stands in no line of its own is held to the one of {@code infra/*}. */
    private static final Map<String, Set<String>> MODULES = table(
            """
            rules         :
            schemas       : rules
            web           : schemas rules
            producer      : schemas web rules
            streams-app   : schemas web rules
            auditor       : schemas rules
            infra/broker  :
            infra/testing : infra/broker
            infra/*       : schemas web rules infra/*
            """);

    /** What a package may use of its own module; those that may be used stand below those that use them. */
    private static final Map<String, Set<String>> ROOMS = table(
            """
            rules                  :

            schemas                : events
            schemas.cluster        : schemas
            schemas.promise        : schemas schemas.hash
            schemas.registry       : schemas
            schemas.hash           :
            schemas.nist           : schemas
            events                 :

            web.connections        : web.headers web.limits web.problem web.settings
            web.routes             : web.problem
            web.problem            :
            web.cluster            :
            web.registry           : web.settings
            web.lifecycle          :
            web.pages              : web.headers web.coding
            web.coding             : web.headers
            web.limits             : web.settings
            web.headers            :
            web.origins            :
            web.settings           :
            web.traces             :

            producer               : producer.ballots
            producer.http          : producer.pages producer.votes producer.promises producer.ballots producer.auth producer.limits producer.crypto producer.problem
            producer.pages         : producer.ballots producer.auth producer.problem
            producer.votes         : producer.promises producer.ballots producer.auth producer.limits producer.crypto producer.problem
            producer.promises      : producer.crypto
            producer.ballots       : producer.crypto producer.problem
            producer.auth          : producer.crypto producer.problem
            producer.limits        : producer.crypto producer.problem
            producer.crypto        : producer.problem
            producer.problem       :

            streams                : streams.hosting
            streams.hosting        : streams.read.receipts streams.read.board streams.read.instances streams.topology streams.topology.rows streams.topology.voters
            streams.traces         : streams.topology
            streams.read.pages     : streams.read.http streams.read.results streams.read.receipts streams.read.board streams.read.problem
            streams.read.http      : streams.read.results streams.read.instances streams.read.problem
            streams.read.proofs    : streams.read.receipts streams.read.problem
            streams.read.turnout   : streams.read.results streams.read.board streams.read.problem
            streams.read.results   : streams.read.board streams.read.problem
            streams.read.receipts  : streams.read.board streams.read.instances streams.read.problem streams.topology streams.topology.rows streams.topology.voters
            streams.read.board     : streams.read.problem streams.topology
            streams.read.instances :
            streams.read.problem   :
            streams.topology       : streams.topology.voters streams.topology.rows
            streams.topology.voters: streams.topology.rows
            streams.topology.rows  :

            auditor                : auditor.bundle auditor.commands auditor.commands.follow auditor.report auditor.tlog
            auditor.bundle         : auditor.commands auditor.promise auditor.verify auditor.replay auditor.export auditor.compare auditor.seal auditor.source auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.commands.follow: auditor.commands auditor.sealing auditor.serve auditor.replay auditor.verify auditor.files auditor.monitor auditor.mirror auditor.seal auditor.source auditor.report auditor.tlog
            auditor.commands       : auditor.sealing auditor.serve auditor.promise auditor.verify auditor.restore auditor.replay auditor.export auditor.compare auditor.count auditor.seal auditor.source auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.sealing        : auditor.serve auditor.seal auditor.source auditor.report auditor.tlog
            auditor.serve          : auditor.verify auditor.seal auditor.report auditor.tlog auditor.tlog.tiles
            auditor.monitor        : auditor.verify auditor.seal auditor.source auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.mirror         : auditor.verify auditor.seal auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.verify         : auditor.seal auditor.count auditor.source auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.promise        : auditor.source auditor.files auditor.report auditor.tlog
            auditor.replay         : auditor.count auditor.seal auditor.source auditor.files auditor.report auditor.tlog
            auditor.restore        : auditor.source auditor.files auditor.report
            auditor.export         : auditor.count auditor.source auditor.files auditor.report
            auditor.compare        : auditor.count auditor.source auditor.files auditor.report
            auditor.count          : auditor.source auditor.files auditor.report
            auditor.seal           : auditor.source auditor.files auditor.report auditor.tlog auditor.tlog.tiles
            auditor.source         : auditor.files auditor.report
            auditor.files          : auditor.report
            auditor.report         :
            auditor.tlog.tiles     : auditor.tlog
            auditor.tlog           :

            infra.system           : infra.system.secure
            infra.system.secure    :
            infra.system.observe   : infra.system
            infra.system.sealer    : infra.system
            infra.system.proxy     :
            infra.testing          :
            infra.testing.browser  :
            infra.testing.contract :
            infra.testing.standards :
            infra.images           : infra.images.probe
            infra.images.probe     :
            infra.imports          : infra.imports.pabulib
            infra.imports.pabulib  :
            infra.bench            : infra.bench.account infra.bench.audit infra.bench.compare infra.bench.count infra.bench.decide infra.bench.doors infra.bench.whole infra.bench.readers infra.bench.restore infra.bench.workspace
            infra.chaos            : infra.chaos.account infra.chaos.faults infra.chaos.load infra.chaos.system
            infra.chaos.power      : infra.chaos.account infra.chaos.disk infra.chaos.load infra.chaos.system
            infra.chaos.account    : infra.chaos.faults infra.chaos.load infra.chaos.system
            infra.chaos.faults     : infra.chaos.load infra.chaos.system
            infra.chaos.disk       :
            infra.chaos.load       :
            infra.chaos.system     : infra.chaos.disk
            infra.bench.doors      : infra.bench.account infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.readers    : infra.bench.account infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.compare    : infra.bench.peer infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.whole      : infra.bench.peer infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.audit      : infra.bench.log infra.bench.system infra.bench.workspace
            infra.bench.count      : infra.bench.log infra.bench.system infra.bench.workspace
            infra.bench.decide     : infra.bench.system infra.bench.voters infra.bench.workspace
            infra.bench.restore    : infra.bench.log infra.bench.system infra.bench.workspace
            infra.bench.log        : infra.bench.system infra.bench.voters infra.bench.workspace
            infra.bench.account    : infra.bench.log infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.system     : infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.peer       : infra.bench.system infra.bench.load infra.bench.voters infra.bench.workspace
            infra.bench.load       : infra.bench.voters infra.bench.workspace
            infra.bench.voters     : infra.bench.workspace
            infra.bench.workspace  :
            """);

    /**
     * The packages that know a library. No other does, and those that are named do: a line that is true no more is a line to
     * take out. {@code x.*} is x and all packages below it, of which at least one does.
     */
    private enum Library {
        SPRING(
                List.of("org.springframework."),
                "web.* -web.problem",
                "producer.* -producer.problem",
                "streams.* -streams.topology.* -streams.read.problem",
                "infra.bench.peer"),
        SPRING_WEB(
                List.of("org.springframework.web.", "org.springframework.http."),
                "web.* -web.limits -web.settings -web.problem",
                "producer.http",
                "producer.pages",
                "producer.auth",
                "streams.read.* -streams.read.board -streams.read.problem",
                "infra.bench.peer"),
        HTTP_SERVER(
                List.of(
                        "org.springframework.web.bind.",
                        "org.springframework.web.server.",
                        "org.springframework.http.server.",
                        "org.springframework.security.",
                        "reactor.netty.http.server."),
                "web.connections",
                "web.headers",
                "web.origins",
                "web.routes",
                "web.traces",
                "producer.http",
                "producer.pages",
                "streams.read.* -streams.read.board -streams.read.problem",
                "infra.bench.peer",
                "infra.bench.whole"),
        NETTY(
                List.of("io.netty.", "reactor.netty."),
                "web.connections",
                "web.headers",
                "producer.http",
                "producer.auth",
                "streams.read.http",
                "streams.read.proofs",
                "streams.read.results",
                "streams.read.instances",
                "infra.testing.contract",
                "infra.bench.account",
                "infra.bench.doors",
                "infra.bench.load",
                "infra.bench.peer",
                "infra.bench.whole",
                "infra.bench.readers",
                "infra.bench.voters"),
        KAFKA_STREAMS(
                List.of("org.apache.kafka.streams."),
                "streams.topology.*",
                "streams.traces",
                "streams.hosting",
                "streams.read.board",
                "streams.read.receipts",
                "streams.read.instances",
                "streams.read.http",
                "infra.bench.count"),
        KAFKA(
                List.of("org.apache.kafka.", "kafka."),
                "schemas",
                "schemas.cluster",
                "schemas.registry",
                "web.traces",
                "producer.ballots",
                "producer.votes",
                "streams.topology.*",
                "streams.traces",
                "streams.hosting",
                "streams.read.board",
                "streams.read.receipts",
                "streams.read.instances",
                "streams.read.http",
                "auditor.* -auditor.tlog -auditor.tlog.tiles -auditor.files",
                "infra.* -infra.local"),
        AVRO(
                List.of("org.apache.avro."),
                "events",
                "schemas",
                "schemas.registry",
                "producer.ballots",
                "producer.votes",
                "streams.topology.*",
                "streams.read.board",
                "streams.read.receipts",
                "auditor.* -auditor -auditor.commands -auditor.report -auditor.files -auditor.tlog -auditor.tlog.tiles",
                "infra.bench.*",
                "infra.chaos.account",
                "infra.chaos.faults",
                "infra.chaos.power",
                "infra.neighbours"),
        OPEN_TELEMETRY(List.of("io.opentelemetry."), "web.traces", "producer.votes", "producer.http", "streams.traces"),
        PICOCLI(
                List.of("picocli."),
                "auditor",
                "auditor.bundle",
                "auditor.commands",
                "auditor.commands.follow",
                "infra.local",
                "infra.imports",
                "infra.images",
                "infra.chaos",
                "infra.chaos.power",
                "infra.chaos.system",
                "infra.bench.* -infra.bench.peer -infra.bench.load -infra.bench.voters -infra.bench.workspace");

        private final List<String> packages;
        private final List<String> known;

        Library(List<String> packages, String... known) {
            this.packages = packages;
            this.known = List.of(known);
        }

        private boolean has(String className) {
            return packages.stream().anyMatch(className::startsWith);
        }

        /** Whether a line such as {@code a.* -a.b} takes a package in. */
        private static boolean takes(String line, String room) {
            String[] words = line.split(" ");
            return matches(words[0], room)
                    && Stream.of(words).skip(1).noneMatch(word -> matches(word.substring(1), room));
        }
    }

    /** What uses the language, its annotations of nullness, and nothing else beside what the tables above allow. */
    private static final Set<String> PLAIN =
            Set.of("rules", "schemas.hash", "auditor.tlog", "auditor.tlog.tiles", "infra.images.probe");

    private static final int MOST_CLASSES = 25;
    private static final int MOST_LINES = 450;

    /** What is larger than it may be, as large as it is: such a number may fall, and the line goes when it has fallen far enough. */
    private static final Map<String, Integer> TOO_LARGE = Map.of();

    /** Made by Avro from the schemas. */
    private static final String GENERATED = "events";

    private final Modules modules = Modules.all();

    @Test
    void everyModuleAndRoomShouldStandInTheTables() {
        List<String> roomsOfTables = ROOMS.keySet().stream()
                .filter(room -> !modules.rooms().contains(room))
                .toList();
        assertThat(roomsOfTables)
                .as("packages of RoomsTest's table that are no more")
                .isEmpty();
        List<String> missing = modules.rooms().stream()
                .filter(room -> modules.roomsOf(modules.moduleOf(room)).size() > 1)
                .filter(room -> !ROOMS.containsKey(room))
                .toList();
        assertThat(missing)
                .as("packages that stand in no line of RoomsTest's table; say there what each may use of its module")
                .isEmpty();
        List<String> unknown = modules.names().stream()
                .filter(module -> !modules.roomsOf(module).isEmpty())
                .filter(module -> MODULES.keySet().stream().noneMatch(key -> matches(key, module)))
                .toList();
        assertThat(unknown)
                .as("modules that stand in no line of RoomsTest's table")
                .isEmpty();
        assertThat(MODULES.keySet().stream()
                        .filter(key -> modules.names().stream().noneMatch(name -> matches(key, name))))
                .as("modules of RoomsTest's table that are no more")
                .isEmpty();
    }

    /** A vote's way can be carried to any HTTP server: of those that read tokens one alone, which fetches keys, knows HTTP. */
    @Test
    void tokensShouldBeReadWithoutAWebFramework() {
        List<String> wrong = new ArrayList<>();
        modules.uses().forEach((type, used) -> used.stream()
                .filter(target -> Modules.room(type).equals("producer.auth")
                        && !type.startsWith("io.votelog.producer.auth.ProviderKeys")
                        && (Library.SPRING_WEB.has(target) || Library.NETTY.has(target)))
                .forEach(target -> wrong.add(type + " uses " + target)));
        assertThat(wrong).isEmpty();
    }

    @Test
    void modulesShouldUseThoseBelowThemOnly() {
        List<String> wrong = new ArrayList<>();
        for (String module : modules.names()) {
            Set<String> allowed = MODULES.getOrDefault(module, MODULES.get("infra/*"));
            modules.modulesUsedBy(module).forEach((used, place) -> {
                if (allowed.stream().noneMatch(pattern -> matches(pattern, used))) {
                    wrong.add("%s uses %s: %s".formatted(module, used, place));
                }
            });
        }
        assertThat(wrong)
                .as(
                        "Arrows between modules that RoomsTest's table does not allow. Have the lower module hold what both need, or"
                                + " hand it in from above.")
                .isEmpty();
    }

    @Test
    void arrowsBetweenRoomsShouldGoDownOnly() {
        List<String> wrong = new ArrayList<>();
        for (String room : modules.rooms()) {
            Set<String> allowed = ROOMS.getOrDefault(room, Set.of());
            modules.arrowsFrom(room).forEach((used, place) -> {
                boolean sameModule = modules.moduleOf(used).equals(modules.moduleOf(room));
                if (sameModule && allowed.stream().noneMatch(pattern -> matches(pattern, used))) {
                    wrong.add("%s uses %s: %s".formatted(room, used, place));
                }
            });
        }
        assertThat(wrong)
                .as(
                        "Arrows between packages that RoomsTest's table does not allow. Move the class to the room whose noun it is, hand"
                                + " in what it needs from above, or, where the arrow goes down and is wanted, add it to the table.")
                .isEmpty();
    }

    @Test
    void noRoomsShouldUseEachOtherInACircle() {
        Set<String> inCircles = new TreeSet<>(modules.rooms());
        while (inCircles.removeIf(
                room -> modules.arrowsFrom(room).keySet().stream().noneMatch(inCircles::contains))) {
            // Who uses nothing of what is left is in no circle.
        }
        List<String> arrows = new ArrayList<>();
        inCircles.forEach(room -> modules.arrowsFrom(room).forEach((used, place) -> {
            if (inCircles.contains(used)) {
                arrows.add("%s uses %s: %s".formatted(room, used, place));
            }
        }));
        assertThat(arrows)
                .as(
                        "Arrows that make a circle or lead into one. Of two packages that need each other neither can be understood alone:"
                                + " move what both need to one below them.")
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void librariesShouldBeKnownWhereTheyBelong(Library library) {
        Map<String, String> users = new TreeMap<>();
        modules.uses().forEach((type, used) -> used.stream()
                .filter(library::has)
                .forEach(target -> users.putIfAbsent(Modules.room(type), type + " uses " + target)));
        Map<String, String> wrong = new TreeMap<>(users);
        wrong.keySet().removeIf(room -> library.known.stream().anyMatch(line -> Library.takes(line, room)));
        assertThat(wrong)
                .as("Packages that use %s and should not, as RoomsTest has it", library.packages)
                .isEmpty();
        assertThat(library.known.stream()
                        .filter(line -> users.keySet().stream().noneMatch(room -> Library.takes(line, room))))
                .as("Packages that RoomsTest lets use %s, and that do not", library.packages)
                .isEmpty();
    }

    static Stream<Library> libraries() {
        return Stream.of(Library.values());
    }

    @Test
    void plainRoomsShouldKnowNothingButTheLanguage() {
        assertThat(modules.rooms()).containsAll(PLAIN);
        List<String> wrong = new ArrayList<>();
        modules.uses().forEach((type, used) -> used.stream()
                .filter(target -> PLAIN.contains(Modules.room(type))
                        && !target.matches("(java|javax\\.net|io\\.votelog|org\\.jspecify)\\..*"))
                .forEach(target -> wrong.add(type + " uses " + target)));
        assertThat(wrong)
                .as("%s use the JDK alone, so that they can be read, tested and carried elsewhere by themselves", PLAIN)
                .isEmpty();
    }

    @Test
    void noRoomShouldBeLargerThanAReaderCanHoldInMind() {
        Map<String, Set<String>> classes = new TreeMap<>();
        for (JavaClass type : modules.classes()) {
            String name = Modules.topLevel(type);
            if (!name.endsWith(".package-info") && !Modules.room(type).equals(GENERATED)) {
                classes.computeIfAbsent(Modules.room(type), room -> new HashSet<>())
                        .add(name);
            }
        }
        Map<String, Integer> sizes = new TreeMap<>();
        classes.forEach((room, members) -> sizes.put(room, members.size()));
        holdTo(
                MOST_CLASSES,
                sizes,
                "Packages with more than %d classes. Find the second purpose in it, and give it a package of its own.");
    }

    @Test
    void noClassShouldBeLongerThanAReaderCanHoldInMind() {
        Map<String, Integer> lines = new TreeMap<>();
        for (String module : modules.names()) {
            for (Path source : modules.sources(module)) {
                String path = Modules.ROOT.relativize(source).toString();
                String name = path.substring(path.indexOf("io/votelog/") + "io/votelog/".length(), path.length() - 5);
                lines.put(name.replace('/', '.'), (int)
                        Modules.text(source).lines().count());
            }
        }
        assertThat(lines).hasSizeGreaterThan(300);
        holdTo(
                MOST_LINES,
                lines,
                "Sources of more than %d lines. Find the part that has a name of its own, and make it a class.");
    }

    private static void holdTo(int most, Map<String, Integer> sizes, String advice) {
        Map<String, Integer> above = new LinkedHashMap<>();
        sizes.forEach((name, size) -> {
            if (size > TOO_LARGE.getOrDefault(name, most)) {
                above.put(name, size);
            }
        });
        assertThat(above).as(advice, most).isEmpty();
        Map<String, Integer> fallen = new HashMap<>();
        sizes.forEach((name, size) -> {
            if (size < TOO_LARGE.getOrDefault(name, 0)) {
                fallen.put(name, size);
            }
        });
        assertThat(fallen)
                .as(
                        "What is smaller now than RoomsTest's list of what is too large says: write the new number there, or take out"
                                + " the line where it is at most %d",
                        most)
                .isEmpty();
    }

    /** {@code a.*} and {@code a/*} take in a and what is below it. */
    private static boolean matches(String pattern, String name) {
        if (!pattern.endsWith("*")) {
            return pattern.equals(name);
        }
        String above = pattern.substring(0, pattern.length() - 2);
        return name.equals(above) || name.startsWith(pattern.substring(0, pattern.length() - 1));
    }

    private static Map<String, Set<String>> table(String lines) {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] sides = line.split(":", 2);
            Set<String> allowed = new TreeSet<>();
            Stream.of(sides[1].strip().split(" +"))
                    .filter(word -> !word.isEmpty())
                    .forEach(allowed::add);
            assertThat(table.put(sides[0].strip(), allowed))
                    .as("a second line for %s", sides[0])
                    .isNull();
        });
        return table;
    }
}
