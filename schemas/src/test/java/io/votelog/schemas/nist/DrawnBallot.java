// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas.nist;

import io.votelog.rules.Ballot;
import io.votelog.rules.Visibility;
import io.votelog.schemas.BallotDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** A ballot that is drawn, as small or as large as one may be, and what was counted on it. */
final class DrawnBallot {
    private static final List<String> LANGUAGES = List.of("en", "zh", "zh-Hant", "pl", "ar", "und");

    final BallotDefinition definition;
    final CountedBallot counted;
    private final Random random;

    DrawnBallot(Random random, int sections, int options) {
        this.random = random;
        List<Integer> cuts = new ArrayList<>(
                LongStream.range(1, options).mapToObj(n -> (int) n).toList());
        Collections.shuffle(cuts, random);
        List<Integer> ends = new ArrayList<>(cuts.subList(0, sections - 1));
        ends.add(options);
        Collections.sort(ends);
        List<Map<String, Object>> parts = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            parts.add(section(parts.size(), from, end));
            from = end;
        }
        Map<String, Object> ballot = new LinkedHashMap<>();
        ballot.put("ballotId", "drawn-" + random.nextInt(1000));
        if (random.nextBoolean()) {
            ballot.put("organiser", text("Organiser"));
        }
        ballot.put("title", text("A vote"));
        Instant opens =
                Instant.ofEpochSecond(1_600_000_000L + random.nextInt(1 << 28), random.nextInt(1_000) * 1_000_000L);
        ballot.put(
                "window",
                Map.of(
                        "opensAt", opens.toString(),
                        "closesAt",
                                opens.plusMillis(1 + random.nextInt(1 << 30)).toString()));
        ballot.put("picks", Map.of("min", 1, "max", 1 + random.nextInt(options)));
        ballot.put("sections", parts);
        ballot.put("results", Map.of("visibility", random.nextBoolean() ? "live" : "after-close"));
        Ballot.Definition read = Ballot.propose(ballot);
        if (!(read instanceof Ballot.Definition.Valid valid)) {
            throw new IllegalStateException(read.toString());
        }
        definition = BallotDefinition.of(valid.ballot());
        CountProgress progress = CountProgress.values()[random.nextInt(3)];
        boolean hidden =
                definition.ballot().visibility() == Visibility.AFTER_CLOSE && progress != CountProgress.COMPLETE;
        List<Long> votes = random.longs(options, 0, random.nextBoolean() ? 5 : 1L << 40)
                .boxed()
                .toList();
        counted = new CountedBallot(
                progress,
                opens.plusMillis(random.nextInt(1 << 20)),
                hidden ? null : votes,
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                random.nextInt(3));
    }

    private Map<String, Object> section(int number, int from, int end) {
        List<Map<String, Object>> options = new ArrayList<>();
        for (int n = from; n < end; n++) {
            Map<String, Object> option = new LinkedHashMap<>();
            option.put("id", random.nextBoolean() ? "-" + n : "option_" + n);
            option.put("title", text("Option \"" + n + "\" <b>&"));
            options.add(option);
        }
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("id", "_" + number);
        section.put("title", text("Part " + number));
        if (random.nextBoolean()) {
            section.put("picks", Map.of("max", 1 + random.nextInt(end - from)));
        }
        section.put("options", options);
        return section;
    }

    private Object text(String text) {
        if (random.nextBoolean()) {
            return text;
        }
        List<String> languages = new ArrayList<>(LANGUAGES.subList(0, LANGUAGES.size() - 1));
        Collections.shuffle(languages, random);
        Map<String, Object> byLanguage = new LinkedHashMap<>();
        languages
                .subList(0, 1 + random.nextInt(languages.size()))
                .forEach(language -> byLanguage.put(language, text + " 在 " + language));
        return byLanguage;
    }
}
