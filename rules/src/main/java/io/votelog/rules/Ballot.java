// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is voted on and by which rules; immutable, and free of contradictions: some vote is well formed on it. Two
 * ballots are equal when their plain forms are.
 */
public final class Ballot {
    /** Most sections of a ballot. */
    public static final int MAX_SECTIONS = 64;

    /** Most options of a ballot, over all its sections. */
    public static final int MAX_OPTIONS = 1024;

    private static final int MAX_ID_LENGTH = 63;

    private static final int MAX_NAMED_CHOICES = 10;
    private static final Set<Reason> NOTHING_BROKEN = Set.of();

    private final String id;
    private final @Nullable Text organiser;
    private final Text title;
    private final @Nullable Text noun;
    private final Instant opensAt;
    private final Instant closesAt;
    private final Range picks;
    private final List<Section> sections;
    private final Order order;
    private final Visibility visibility;

    // What follows is derived, so that a vote is checked without a look at the options that it does not pick.
    private final List<String> optionIds;
    private final Map<String, Integer> indexes;
    private final int[] sectionOf;
    private final int sectionsToPickFrom;

    /** For the parser, which sees to it that everything fits together. */
    Ballot(
            String id,
            @Nullable Text organiser,
            Text title,
            @Nullable Text noun,
            Instant opensAt,
            Instant closesAt,
            Range picks,
            List<Section> sections,
            Order order,
            Visibility visibility) {
        this.id = id;
        this.organiser = organiser;
        this.title = title;
        this.noun = noun;
        this.opensAt = opensAt;
        this.closesAt = closesAt;
        this.picks = picks;
        this.sections = List.copyOf(sections);
        this.order = order;
        this.visibility = visibility;

        List<String> ids = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        int mandatory = 0;
        for (int s = 0; s < sections.size(); s++) {
            for (Option option : sections.get(s).options()) {
                ids.add(option.id());
                owners.add(s);
            }
            if (sections.get(s).picks().min() > 0) {
                mandatory++;
            }
        }
        this.optionIds = List.copyOf(ids);
        this.sectionOf = owners.stream().mapToInt(Integer::intValue).toArray();
        this.sectionsToPickFrom = mandatory;
        this.indexes = new HashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            indexes.put(ids.get(i), i);
        }
    }

    /** What a plain form comes to: a ballot, or all that is wrong with it. */
    public sealed interface Definition {
        /**
         * The plain form breaks no rule.
         *
         * @param notes what was understood otherwise than it was written; mostly empty
         */
        record Valid(Ballot ballot, List<Note> notes) implements Definition {
            public Valid {
                notes = List.copyOf(notes);
            }
        }

        /** The plain form is refused, with every fault at its place (after 100 it stops looking). */
        record Faulty(List<Fault> faults) implements Definition {
            public Faulty {
                faults = List.copyOf(faults);
            }
        }
    }

    /**
     * Reads a ballot from maps, lists, strings and integers, as a reader of YAML or JSON gives them. It asks for what makes a ballot
     * and for no more, so that a ballot which was published once is one for good.
     *
     * @param plain anything at all; what is no ballot is answered with faults, never with an exception
     */
    public static Definition parse(@Nullable Object plain) {
        return BallotParser.parse(plain);
    }

    /**
     * The same for a ballot that is to be published, of which more is asked: that every text reads as it is written ({@link
     * ShownText}), and that no two options of a section have one title.
     *
     * @param plain anything at all; what may not be published is answered with faults, never with an exception
     */
    public static Definition propose(@Nullable Object plain) {
        return BallotParser.propose(plain);
    }

    /**
     * The ballot as maps with string keys, lists, strings and integers: defaults written out, absent fields left out,
     * times in UTC, languages sorted. {@link #parse} of it gives an equal ballot.
     */
    public Map<String, Object> toPlain() {
        return PlainForm.of(this);
    }

    /**
     * Whether a ballot can have this id: {@code [a-z0-9][a-z0-9-]{1,62}}. What is no id needs to be looked up nowhere and written
     * nowhere, and only what is one has a bounded length.
     */
    public static boolean isId(String text) {
        int length = text.length();
        if (length < 2 || length > MAX_ID_LENGTH || text.charAt(0) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #isId} has it. */
    public String id() {
        return id;
    }

    /** Who holds the vote, if the ballot says so. */
    public @Nullable Text organiser() {
        return organiser;
    }

    /** What the ballot is called, by language. */
    public Text title() {
        return title;
    }

    /** What one option is called, such as "case", if the ballot says so; by language. */
    public @Nullable Text noun() {
        return noun;
    }

    /** The first moment at which a vote counts, to the millisecond. */
    public Instant opensAt() {
        return opensAt;
    }

    /** The first moment at which a vote no longer counts, to the millisecond. */
    public Instant closesAt() {
        return closesAt;
    }

    /** How many options a vote may pick over all the sections. */
    public Range picks() {
        return picks;
    }

    /** 1 to 64 sections, in the order of the ballot file. */
    public List<Section> sections() {
        return sections;
    }

    /** In which order a page shows the options; it means nothing for the count. */
    public Order order() {
        return order;
    }

    /** When counts may be seen. */
    public Visibility visibility() {
        return visibility;
    }

    /** 1 to 1,024. */
    public int optionCount() {
        return sectionOf.length;
    }

    /**
     * The id of the option with that index; the indexes run through the sections, in the order of the ballot file.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < optionCount()}
     */
    public String optionId(int index) {
        return optionIds.get(index);
    }

    /** The index of the option with that id, or -1 when it is not on the ballot. */
    public int optionIndex(String optionId) {
        Integer index = indexes.get(optionId);
        return index == null ? -1 : index;
    }

    /**
     * Checks the form of a vote in one pass, in time and memory that grow with the choices and not with the ballot.
     *
     * @param choices option ids as they were sent
     */
    public Form check(List<String> choices) {
        if (choices.isEmpty()) {
            return new Form(Picks.owning(new long[0]), EnumSet.of(Reason.NO_CHOICE));
        }
        long[] words = new long[(sectionOf.length + Long.SIZE - 1) / Long.SIZE];
        int[] bySection = new int[sections.size()];
        int known = 0;
        int satisfied = 0;
        boolean repeated = false;
        boolean sectionTooMany = false;
        Set<String> unknown = null;
        for (String choice : choices) {
            int index = optionIndex(choice);
            if (index < 0) {
                if (unknown == null) {
                    unknown = new HashSet<>();
                }
                repeated |= !unknown.add(choice);
            } else if ((words[index >> 6] & 1L << index) != 0) {
                repeated = true;
            } else {
                words[index >> 6] |= 1L << index;
                known++;
                int section = sectionOf[index];
                Range allowed = sections.get(section).picks();
                int picked = ++bySection[section];
                if (picked == allowed.min()) {
                    satisfied++;
                }
                sectionTooMany |= picked > allowed.max();
            }
        }
        int distinct = known + (unknown == null ? 0 : unknown.size());
        boolean sectionTooFew = satisfied < sectionsToPickFrom;
        boolean tooMany = distinct > picks.max();
        boolean tooFew = distinct < picks.min();

        Picks picked = Picks.owning(words);
        if (unknown == null && !repeated && !tooMany && !tooFew && !sectionTooMany && !sectionTooFew) {
            return new Form(picked, NOTHING_BROKEN);
        }
        EnumSet<Reason> broken = EnumSet.noneOf(Reason.class);
        addIf(unknown != null, broken, Reason.UNKNOWN_OPTION);
        addIf(repeated, broken, Reason.REPEATED_OPTION);
        addIf(tooMany, broken, Reason.TOO_MANY_PICKS);
        addIf(tooFew, broken, Reason.TOO_FEW_PICKS);
        addIf(sectionTooMany, broken, Reason.SECTION_TOO_MANY);
        addIf(sectionTooFew, broken, Reason.SECTION_TOO_FEW);
        return new Form(picked, broken);
    }

    private static void addIf(boolean holds, EnumSet<Reason> broken, Reason reason) {
        if (holds) {
            broken.add(reason);
        }
    }

    /**
     * Every form rule that the choices break, told to a person: the reasons of {@link #check} in the same order, those
     * of sections once for each section concerned. Empty when the vote is well formed.
     *
     * @param choices option ids as they were sent
     */
    public List<Violation> violations(List<String> choices) {
        Form form = check(choices);
        if (form.wellFormed()) {
            return List.of();
        }
        Map<Reason, List<String>> details = new EnumMap<>(Reason.class);
        for (Reason reason : form.broken()) {
            details.put(reason, details(reason, choices, form.picks()));
        }
        List<Violation> violations = new ArrayList<>();
        details.forEach(
                (reason, sentences) -> sentences.forEach(sentence -> violations.add(new Violation(reason, sentence))));
        return Collections.unmodifiableList(violations);
    }

    private List<String> details(Reason reason, List<String> choices, Picks known) {
        return switch (reason) {
            case NO_CHOICE -> List.of("no option is picked; " + atLeast(picks.min()));
            case UNKNOWN_OPTION -> List.of(unknownOptions(choices));
            case REPEATED_OPTION -> List.of(repeatedOptions(choices));
            case TOO_MANY_PICKS -> List.of(picked(distinct(choices)) + "; " + atMost(picks.max()));
            case TOO_FEW_PICKS -> List.of(picked(distinct(choices)) + "; " + atLeast(picks.min()));
            case SECTION_TOO_MANY -> sectionDetails(known, true);
            case SECTION_TOO_FEW -> sectionDetails(known, false);
            case UNKNOWN_BALLOT, NOT_OPEN, CLOSED, VOTE_ID_REUSED, ALREADY_VOTED ->
                throw new IllegalStateException(reason + " is no matter of form");
        };
    }

    private String unknownOptions(List<String> choices) {
        Set<String> unknown = new LinkedHashSet<>();
        for (String choice : choices) {
            if (optionIndex(choice) < 0) {
                unknown.add(choice);
            }
        }
        return named(unknown) + (unknown.size() == 1 ? " is" : " are") + " not on the ballot";
    }

    private static String repeatedOptions(List<String> choices) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (String choice : choices) {
            if (!seen.add(choice)) {
                repeated.add(choice);
            }
        }
        return named(repeated) + (repeated.size() == 1 ? " is" : " are")
                + " picked more than once; an option can be picked once";
    }

    /** One name, or a list of them that a client cannot make long. */
    private static String named(Set<String> options) {
        List<String> names =
                options.stream().limit(MAX_NAMED_CHOICES).map(Quoting::quoted).toList();
        int others = options.size() - names.size();
        if (others > 0) {
            return "options " + String.join(", ", names) + " and " + others + " more";
        }
        return (names.size() == 1 ? "option " : "options ") + String.join(", ", names);
    }

    private List<String> sectionDetails(Picks known, boolean tooMany) {
        int[] bySection = new int[sections.size()];
        known.forEach(index -> bySection[sectionOf[index]]++);
        List<String> details = new ArrayList<>();
        for (int s = 0; s < bySection.length; s++) {
            Section section = sections.get(s);
            Range allowed = section.picks();
            String picked = "section " + section.id() + ": " + picked(bySection[s]) + "; ";
            if (tooMany && bySection[s] > allowed.max()) {
                details.add(picked + atMost(allowed.max()));
            } else if (!tooMany && bySection[s] < allowed.min()) {
                details.add(picked + atLeast(allowed.min()));
            }
        }
        return details;
    }

    private static int distinct(List<String> choices) {
        return new HashSet<>(choices).size();
    }

    private static String picked(int count) {
        return count + (count == 1 ? " option is picked" : " options are picked");
    }

    private static String atMost(int count) {
        return "at most " + count + (count == 1 ? " is allowed" : " are allowed");
    }

    private static String atLeast(int count) {
        return "at least " + count + (count == 1 ? " is needed" : " are needed");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ballot that
                && id.equals(that.id)
                && Objects.equals(organiser, that.organiser)
                && title.equals(that.title)
                && Objects.equals(noun, that.noun)
                && opensAt.equals(that.opensAt)
                && closesAt.equals(that.closesAt)
                && picks.equals(that.picks)
                && sections.equals(that.sections)
                && order == that.order
                && visibility == that.visibility;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, organiser, title, noun, opensAt, closesAt, picks, sections, order, visibility);
    }

    @Override
    public String toString() {
        return "ballot " + id + " (" + sections.size() + " sections, " + optionCount() + " options)";
    }
}
