// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A vote that is drawn, and a file of it that is written in a way that is drawn too. */
final class DrawnFile {
    private static final String[] PIECES = {
        "a", "B", "7", " ", ";", "\"", ",", "\n", "\r\n", "ż", "票", "😀", "=", "'", "\\", "#", "/", ".", "-", "_",
        "META", "\t", "\u202E", "\u200D"
    };

    final List<Project> projects = new ArrayList<>();
    final List<String> voters = new ArrayList<>();
    final List<List<String>> choices = new ArrayList<>();
    final byte[] bytes;

    private final Random random;
    private final String end;
    private final boolean padded;

    DrawnFile(Random random) {
        this.random = random;
        this.end = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
        this.padded = random.nextInt(4) == 0;
        boolean names = random.nextInt(4) > 0;
        boolean totals = random.nextInt(4) > 0;
        Set<String> ids = new LinkedHashSet<>();
        int count = 1 + random.nextInt(20);
        while (ids.size() < count) {
            String id = word(random.nextBoolean() ? 3 : 40).replace(",", "").strip();
            if (!id.isEmpty() && !isPart(id)) {
                ids.add(id);
            }
        }
        for (String id : ids) {
            String name = names ? word(12) : "";
            projects.add(new Project(id, name.isEmpty() ? null : name, totals ? (long) random.nextInt(1000) : null));
        }
        int votes = random.nextInt(30);
        for (int n = 0; n < votes; n++) {
            String voter = word(5);
            voters.add(voter.isEmpty() || isPart(voter) ? "v" + n : voter);
            List<String> shuffled = new ArrayList<>(ids);
            Collections.shuffle(shuffled, random);
            choices.add(List.copyOf(shuffled.subList(0, random.nextInt(shuffled.size() + 1))));
        }
        bytes = text(names, totals).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isPart(String word) {
        return Set.of("META", "PROJECTS", "VOTES").contains(word.toUpperCase(Locale.ROOT));
    }

    private String word(int most) {
        StringBuilder word = new StringBuilder();
        for (int n = random.nextInt(most) + 1; n > 0; n--) {
            word.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return word.toString().strip();
    }

    private String text(boolean names, boolean totals) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        row(text, List.of("META"));
        if (random.nextBoolean()) {
            row(text, List.of("key", "value"));
        }
        row(text, List.of("description", "drawn; " + word(6)));
        row(text, List.of("vote_type", "approval"));
        row(text, List.of("PROJECTS"));
        List<Map<String, String>> rows = new ArrayList<>();
        for (Project project : projects) {
            Map<String, String> row = new LinkedHashMap<>();
            row.put("project_id", project.id());
            row.put("cost", Integer.toString(random.nextInt(1000)));
            if (names) {
                row.put("name", project.name() == null ? "" : project.name());
            }
            if (totals) {
                row.put("votes", String.valueOf(project.votes()));
            }
            row.put("unheard_of", word(4));
            rows.add(row);
        }
        table(text, rows, List.of());
        row(text, List.of("VOTES"));
        rows.clear();
        for (int n = 0; n < voters.size(); n++) {
            Map<String, String> row = new LinkedHashMap<>();
            row.put("voter_id", voters.get(n));
            row.put("vote", String.join(random.nextBoolean() ? "," : " , ", choices.get(n)));
            row.put("age", random.nextBoolean() ? "" : "44");
            rows.add(row);
        }
        table(text, rows, List.of("vote", "voter_id"));
        return text.toString();
    }

    private void table(StringBuilder text, List<Map<String, String>> rows, List<String> otherwise) {
        List<String> columns =
                new ArrayList<>(rows.isEmpty() ? otherwise : rows.get(0).keySet());
        Collections.shuffle(columns, random);
        row(text, columns);
        for (Map<String, String> row : rows) {
            row(text, columns.stream().map(row::get).toList());
        }
    }

    private void row(StringBuilder text, List<String> values) {
        List<String> cells = new ArrayList<>();
        for (String value : values) {
            boolean needed = value.startsWith("\"") || value.matches("(?s).*[;\r\n].*");
            cells.add(needed || random.nextInt(4) == 0 ? '"' + value.replace("\"", "\"\"") + '"' : value);
        }
        text.append(String.join(";", cells)).append(padded ? ";;;" : "").append(end);
        if (random.nextInt(5) == 0) {
            text.append(random.nextBoolean() ? "" : "  ;").append(end);
        }
    }
}
