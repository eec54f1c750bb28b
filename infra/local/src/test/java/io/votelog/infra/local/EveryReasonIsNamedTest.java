// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every reason for which a vote can be rejected is named wherever reasons are listed and no compiler looks: schemas, descriptions
 * of the HTTP interfaces, words of both pages in every language, READMEs, programs in Python. The steps are in ARCHITECTURE.md,
 * "A reason".
 */
class EveryReasonIsNamedTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final String NONE = "UNSPECIFIED";

    private static final List<String> ALL = reasons(reason -> true);
    private static final List<String> OF_FORM = reasons(Reason::isOfForm);

    /** What stands for a reason in a list: {@code NAME} in these patterns. */
    private static final String NAME = "([A-Z][A-Z_]+)";

    private static List<String> reasons(Predicate<Reason> which) {
        return Arrays.stream(Reason.values()).filter(which).map(Enum::name).toList();
    }

    private static List<String> with(String first, List<String> others) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    /**
     * A place that lists reasons.
     *
     * @param file from the repository's root
     * @param what the list is, as a message names it
     * @param list the text that holds it, as its first group
     * @param item a reason in that text, as its first group
     * @param wanted what it has to name, in this order
     */
    private record Place(Path file, String what, Pattern list, Pattern item, List<String> wanted) {
        Place(String file, String what, String list, String item, List<String> wanted) {
            this(ROOT.resolve(file), what, Pattern.compile(list, Pattern.DOTALL), Pattern.compile(item), wanted);
        }

        /** What is wrong there, in one sentence; nothing where it names what it has to. */
        Stream<String> faults() throws IOException {
            String where = ROOT.relativize(file).toString().replace('\\', '/') + ": ";
            Matcher text = list.matcher(Files.readString(file));
            if (!text.find()) {
                return Stream.of(where + what + " is not found by /" + list + "/");
            }
            List<String> found = item.matcher(text.group(1))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            List<String> missing = new ArrayList<>(wanted);
            missing.removeAll(found);
            List<String> foreign = new ArrayList<>(found);
            foreign.removeAll(wanted);
            if (!missing.isEmpty()) {
                return Stream.of(where + what + " lacks " + String.join(", ", missing));
            }
            if (!foreign.isEmpty()) {
                return Stream.of(where + what + " names " + String.join(", ", foreign) + ", and should not");
            }
            return found.equals(wanted)
                    ? Stream.empty()
                    : Stream.of(where + what + " names reasons in the order " + found + "; needed is " + wanted);
        }
    }

    private static List<Place> places() throws IOException {
        List<Place> places = new ArrayList<>();
        String everything = "(.*)";
        places.add(new Place("rules/README.md", "the table of reasons", everything, "\\n\\| `" + NAME + "` \\|", ALL));

        String symbols = "\"RejectionReason\".*?\"symbols\"\\s*:\\s*\\[(.*?)\\]";
        String quoted = "\"" + NAME + "\"";
        places.add(new Place("schemas/src/main/avro/types.avsc", "RejectionReason", symbols, quoted, with(NONE, ALL)));
        for (String event : List.of("VoteDecided", "PartitionTally", "BallotResults")) {
            Path versions = ROOT.resolve("schemas/src/main/resources/io/votelog/schemas/history")
                    .resolve(event);
            places.add(new Place(
                    ROOT.relativize(newest(versions)).toString(),
                    "RejectionReason in the newest version of " + event,
                    symbols,
                    quoted,
                    with(NONE, ALL)));
        }

        places.add(new Place(
                "streams-app/src/main/resources/openapi/streams-app.yaml",
                "the enum Reason",
                "\\n    Reason:\\n      enum:\\n((?: {8}- \\w+\\n)+)",
                "- " + NAME,
                ALL));
        places.add(new Place(
                "producer/src/main/resources/openapi/producer.yaml",
                "the enum of a violation's code",
                "\\bcode:\\s+enum: \\[([^\\]]*)\\]",
                NAME,
                OF_FORM));

        String words = "producer/src/main/resources/io/votelog/producer/pages";
        for (String file : languages(words, "ballot-")) {
            places.add(new Place(file, "say.reason.*", everything, "\\nsay\\.reason\\." + NAME + "=\\S", ALL));
        }
        words = "streams-app/src/main/resources/io/votelog/streams/read/pages";
        for (String file : languages(words, "results-")) {
            places.add(new Place(file, "reason-*", everything, "\\nreason-" + NAME + "=\\S", ALL));
        }

        String recount = "auditor/recount.py";
        places.add(new Place(recount, "REASONS", "\\nREASONS = \\((.*?)\\)\\.split", "\\b" + NAME, with(NONE, ALL)));
        places.add(new Place(recount, "Poll.form", "broken = \\{(.*?)\\}\\n", quoted + ":", OF_FORM));
        return places;
    }

    private static Path newest(Path versions) throws IOException {
        try (Stream<Path> files = Files.list(versions)) {
            return files.max(Comparator.comparingInt(file ->
                            Integer.parseInt(file.getFileName().toString().replace(".avsc", ""))))
                    .orElseThrow();
        }
    }

    private static List<String> languages(String folder, String begin) throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            List<String> found = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(begin) && name.endsWith(".properties"))
                    .map(name -> folder + "/" + name)
                    .sorted()
                    .toList();
            assertThat(found).as(begin + "*.properties in " + folder).hasSizeGreaterThanOrEqualTo(2);
            return found;
        }
    }

    @Test
    void shouldBeNamedWhereverReasonsAreListed() throws IOException {
        List<String> faults = new ArrayList<>();
        for (Place place : places()) {
            place.faults().forEach(faults::add);
        }
        // The recount decides by reasons that are no matter of form in several places.
        String recount = Files.readString(ROOT.resolve("auditor/recount.py"));
        reasons(reason -> !reason.isOfForm()).stream()
                .filter(name -> !recount.contains("\"" + name + "\""))
                .forEach(name -> faults.add("auditor/recount.py: nothing is rejected for " + name));
        assertThat(faults).as("steps: ARCHITECTURE.md, \"A reason\"").isEmpty();
    }
}
