// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file holds, it is a ballot that can be written and read again, or it is refused with faults. */
class RandomFilesTest {
    private static final List<String> WORDS = List.of(
            "ballotId",
            "organiser",
            "title",
            "noun",
            "window",
            "opensAt",
            "closesAt",
            "picks",
            "min",
            "max",
            "sections",
            "id",
            "options",
            "order",
            "results",
            "visibility",
            "summary",
            "link",
            "zh",
            "und",
            "",
            "01",
            "live",
            "listed",
            "2021-12-05T00:00:00+08:00",
            "2021-12-05T00:00:00.123456789+08:00",
            "\u202e\u2066x",
            "\u2069",
            "+999999999-12-31T23:59:59-18:00",
            "https://example.org",
            "http://[",
            "\ud800",
            "\u0000",
            "x".repeat(5000),
            "a.b[0]",
            "案例");

    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldNeverThrowOnJunk(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60_000; i++) {
            Object junk = junk(random, 5);
            read(junk, "seed " + seed + ", case " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("io.votelog.rules.Seeds#seeds")
    void shouldReadABallotWithAFewThingsChangedOrSayWhatIsWrong(long seed) {
        Random random = new Random(seed);
        int valid = 0;
        int cases = 8_000;
        for (int i = 0; i < cases; i++) {
            Map<String, Object> file = BallotFiles.gzCustoms2021();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                change(random, file);
            }
            valid += read(file, "seed " + seed + ", case " + i) ? 1 : 0;
        }
        assertThat(valid).as("seed %d", seed).isBetween(cases / 100, cases - cases / 4);
    }

    private static boolean read(@Nullable Object plain, String context) {
        Ballot.Definition definition;
        Ballot.Definition proposed;
        try {
            definition = Ballot.parse(plain);
            proposed = Ballot.propose(plain);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(context, e);
        }
        if (proposed instanceof Ballot.Definition.Faulty faulty) {
            requireTold(faulty.faults(), context);
        } else {
            assertThat(proposed).as(context).isEqualTo(definition);
        }
        if (definition instanceof Ballot.Definition.Valid valid) {
            Ballot ballot = valid.ballot();
            assertThat(Ballot.parse(ballot.toPlain()))
                    .as(context)
                    .isEqualTo(new Ballot.Definition.Valid(ballot, List.of()));
            assertThat(BallotFiles.ballot(ballot.toPlain()).toPlain())
                    .as(context)
                    .isEqualTo(ballot.toPlain());
            return true;
        }
        requireTold(((Ballot.Definition.Faulty) definition).faults(), context);
        return false;
    }

    private static void requireTold(List<Fault> faults, String context) {
        assertThat(faults).as(context).hasSizeBetween(1, FieldReader.MAX_FAULTS + 1);
        Set<Fault> distinct = new HashSet<>();
        for (Fault fault : faults) {
            boolean told = !fault.place().isEmpty()
                    && fault.place().length() < 200
                    && fault.problem().length() > 10
                    && fault.problem().length() < 400
                    && fault.toString()
                            .codePoints()
                            .noneMatch(c -> Quoting.isUnprintable(c) || ShownText.controlsDisplay(c))
                    // Two names that differ only in what is too large to show read the same.
                    && (distinct.add(fault) || fault.problem().contains("whose name is a very large number"));
            if (!told) {
                throw new AssertionError(context + ": " + fault);
            }
        }
    }

    /** Goes down to some value in the file and changes, removes or adds there. */
    @SuppressWarnings("unchecked")
    private static void change(Random random, Object file) {
        Object here = file;
        while (true) {
            if (here instanceof Map<?, ?> && !((Map<?, ?>) here).isEmpty()) {
                Map<@Nullable Object, @Nullable Object> map = (Map<@Nullable Object, @Nullable Object>) here;
                Object name = new ArrayList<>(map.keySet()).get(random.nextInt(map.size()));
                Object inner = map.get(name);
                if ((inner instanceof Map || inner instanceof List) && random.nextInt(8) > 0) {
                    here = inner;
                    continue;
                }
                switch (random.nextInt(4)) {
                    case 0 -> map.remove(name);
                    case 1 -> map.put(word(random), junk(random, 2));
                    case 2 -> map.put(name, 1 + random.nextInt(12));
                    case 3 -> map.put(name, junk(random, 2));
                }
            } else if (here instanceof List<?> && !((List<?>) here).isEmpty()) {
                List<@Nullable Object> list = (List<@Nullable Object>) here;
                int index = random.nextInt(list.size());
                Object inner = list.get(index);
                if (inner instanceof Map && random.nextInt(3) > 0) {
                    here = inner;
                    continue;
                }
                switch (random.nextInt(3)) {
                    case 0 -> list.remove(index);
                    case 1 -> list.add(index, junk(random, 2));
                    case 2 -> list.add(list.get(0));
                }
            }
            return;
        }
    }

    private static @Nullable Object junk(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 14 : 9);
        return switch (kind) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt(50);
            case 3 -> random.nextLong();
            case 4 -> random.nextDouble();
            case 5 -> new BigInteger(200, random);
            case 6, 7, 8 -> word(random);
            case 9, 10 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(junk(random, depth - 1));
                }
                yield list;
            }
            default -> {
                Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(9); i > 0; i--) {
                    map.put(random.nextInt(9) == 0 ? junk(random, 0) : word(random), junk(random, depth - 1));
                }
                yield map;
            }
        };
    }

    private static String word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }
}
