// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Ballots from a random source, as the oracle understands them and as a file. */
final class RandomBallots {
    private RandomBallots() {}

    record Part(String id, int min, int max, List<String> options) {}

    record Outline(int min, int max, List<Part> parts) {
        List<String> options() {
            return parts.stream().flatMap(part -> part.options().stream()).toList();
        }

        Map<String, Object> file(String opensAt, String closesAt) {
            List<Object> sections = new ArrayList<>();
            for (Part part : parts) {
                Stream<Object> options =
                        part.options().stream().map(id -> BallotFiles.map("id", id, "title", "T" + id));
                sections.add(BallotFiles.section(
                        part.id(),
                        "Part " + part.id(),
                        BallotFiles.map("min", part.min(), "max", part.max()),
                        options.toList()));
            }
            return BallotFiles.map(
                    "ballotId",
                    "random",
                    "title",
                    "Random",
                    "window",
                    BallotFiles.map("opensAt", opensAt, "closesAt", closesAt),
                    "picks",
                    BallotFiles.map("min", min, "max", max),
                    "sections",
                    sections);
        }
    }

    /** Every bound is in its own limits; together they may be impossible. */
    static Outline outline(Random random, int maxParts, int maxOptions) {
        List<Part> parts = new ArrayList<>();
        int total = 0;
        int partCount = 1 + random.nextInt(maxParts);
        for (int p = 0; p < partCount; p++) {
            int count = 1 + random.nextInt(maxOptions);
            List<String> options = new ArrayList<>();
            for (int o = 0; o < count; o++) {
                options.add("o" + total++);
            }
            int max = 1 + random.nextInt(count + 1);
            int min = random.nextInt(Math.min(max, count) + 1);
            parts.add(new Part("p" + p, random.nextBoolean() ? 0 : min, max, options));
        }
        int max = 1 + random.nextInt(total);
        int min = 1 + random.nextInt(max);
        return new Outline(min, max, parts);
    }

    /** An outline whose file is a ballot. */
    static Outline possible(Random random, int maxParts, int maxOptions) {
        while (true) {
            Outline outline = outline(random, maxParts, maxOptions);
            if (BallotFiles.faults(outline.file("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z"))
                    .isEmpty()) {
                return outline;
            }
        }
    }

    /** Options of the ballot and others, some more than once, some more likely well formed. */
    static List<String> choices(Random random, Outline outline) {
        List<String> choices = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            for (Part part : outline.parts()) {
                List<String> options = new ArrayList<>(part.options());
                Collections.shuffle(options, random);
                choices.addAll(options.subList(0, Math.min(part.min(), options.size())));
            }
        }
        List<String> options = outline.options();
        int more = random.nextInt(3) == 0 ? random.nextInt(options.size() + 3) : random.nextInt(4);
        for (int i = 0; i < more; i++) {
            String choice =
                    random.nextInt(20) == 0 ? "no" + random.nextInt(2) : options.get(random.nextInt(options.size()));
            if (random.nextInt(12) == 0 || !choices.contains(choice)) {
                choices.add(choice);
            }
        }
        Collections.shuffle(choices, random);
        return choices;
    }
}
