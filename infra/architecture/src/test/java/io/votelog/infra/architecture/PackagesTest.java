// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md shows the packages and their arrows as the compiled classes have them. */
class PackagesTest {
    private static final Path ARCHITECTURE = Modules.ROOT.resolve("ARCHITECTURE.md");
    private static final String BEGIN = "<!-- packages -->\n";
    private static final String END = "<!-- /packages -->";
    private static final String NOTHING = "·";

    private final Modules modules = Modules.all();

    @Test
    void shouldBeShownAsTheyAre() throws IOException {
        String text = Files.readString(ARCHITECTURE);
        assertThat(text).containsOnlyOnce(BEGIN).containsOnlyOnce(END);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        String after = text.substring(text.indexOf(END));
        String picture = "```\n" + picture() + "```\n";
        if (Boolean.getBoolean("votelog.write")) {
            Files.writeString(ARCHITECTURE, before + picture + after);
        }
        String now = Files.readString(ARCHITECTURE);
        assertThat(now.substring(before.length(), now.indexOf(END)))
                .as(
                        "The picture of packages in ARCHITECTURE.md is not the code's. If the code is meant so, write it anew: ./mvnw test"
                                + " -pl infra/architecture -am -Dtest=PackagesTest -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dvotelog.write=true")
                .isEqualTo(picture);
    }

    /**
     * One block for the modules and one for each module that has several packages. Each line has a name, what it uses inside the block, and
     * behind the bar which other modules it uses. What is used stands below what uses it.
     */
    private String picture() {
        List<String> names = modules.names().stream()
                .filter(module -> !modules.roomsOf(module).isEmpty())
                .toList();
        Map<String, Set<String>> uses = new TreeMap<>();
        names.forEach(module -> uses.put(module, modules.modulesUsedBy(module).keySet()));
        List<String> sorted = Modules.topToBottom(names, uses);
        StringBuilder picture = new StringBuilder("modules\n").append(block(sorted, uses, Map.of(), ""));
        for (String module : sorted) {
            if (modules.roomsOf(module).size() > 1) {
                picture.append('\n').append(module).append('\n').append(rooms(module));
            }
        }
        return picture.toString();
    }

    private String rooms(String module) {
        List<String> rooms = modules.roomsOf(module);
        Map<String, Set<String>> uses = new TreeMap<>();
        Map<String, Set<String>> others = new TreeMap<>();
        for (String room : rooms) {
            uses.put(room, new TreeSet<>());
            others.put(room, new TreeSet<>());
            modules.arrowsFrom(room).keySet().forEach(used -> {
                if (modules.moduleOf(used).equals(module)) {
                    uses.get(room).add(used);
                } else {
                    others.get(room).add(modules.moduleOf(used));
                }
            });
        }
        return block(Modules.topToBottom(rooms, uses), uses, others, commonPrefix(rooms));
    }

    private static String block(
            List<String> sorted, Map<String, Set<String>> uses, Map<String, Set<String>> others, String prefix) {
        List<String> names =
                sorted.stream().map(name -> shortened(name, prefix)).toList();
        List<String> used = sorted.stream()
                .map(name -> sorted.stream()
                        .filter(uses.get(name)::contains)
                        .map(below -> shortened(below, prefix))
                        .collect(Collectors.joining(", ")))
                .toList();
        StringBuilder block = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String arrow = used.get(i).isEmpty()
                    ? ""
                    : "─".repeat(width(names) - names.get(i).length()) + "─▶ " + used.get(i);
            String inside = "  " + names.get(i) + " " + arrow;
            String outside = String.join(", ", others.getOrDefault(sorted.get(i), Set.of()));
            String line = outside.isEmpty()
                    ? inside
                    : inside + " ".repeat(Math.max(1, 2 + width(names) + 4 + width(used) + 2 - inside.length())) + "│ "
                            + outside;
            block.append(line.stripTrailing()).append('\n');
        }
        return block.toString();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String shortened(String name, String prefix) {
        return name.equals(prefix) ? "(root)" : prefix.isEmpty() ? name : name.substring(prefix.length() + 1);
    }

    /** The package that all of them are in, or that one of them is; empty where there is none. */
    private static String commonPrefix(List<String> rooms) {
        String prefix = rooms.get(0);
        while (!prefix.isEmpty() && !holdsAll(prefix, rooms)) {
            prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('.')));
        }
        return prefix;
    }

    private static boolean holdsAll(String prefix, List<String> rooms) {
        return rooms.stream().allMatch(room -> room.equals(prefix) || room.startsWith(prefix + "."));
    }
}
