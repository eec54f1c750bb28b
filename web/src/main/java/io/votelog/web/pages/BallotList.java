// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import io.votelog.web.pages.Language.Said;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The page that lists ballots, the same on both sides: those that are open, those that come, those that are over. */
public final class BallotList {
    /** From how many ballots on there is a search. */
    private static final int MANY = 8;

    private final StaticFiles files;
    private final Words words = Words.of(BallotList.class, "ballots");
    private final Template template = Template.of(BallotList.class, "ballots.mustache");

    /** @param files which have the {@linkplain StaticFiles#common common} ones */
    public BallotList(StaticFiles files) {
        this.files = files;
    }

    /** Where a ballot is in its life. */
    public enum Stage {
        /** Votes are taken; the soonest end comes first. */
        OPEN(Comparator.comparing(Entry::closesAt)),
        /** The soonest opening comes first. */
        COMING(Comparator.comparing(Entry::opensAt)),
        /** What ended last comes first. */
        OVER(Comparator.comparing(Entry::closesAt).reversed());

        private final Comparator<Entry> order;

        Stage(Comparator<Entry> order) {
            this.order = order.thenComparing(Entry::address);
        }
    }

    /**
     * A ballot.
     *
     * @param address where its title leads to, without a query
     * @param opensAt the beginning of its window
     * @param closesAt the end of its window
     */
    public record Entry(
            String address, Said title, @Nullable Said organiser, Stage stage, Instant opensAt, Instant closesAt) {
        /** @see Moment */
        Moment opens() {
            return Moment.of(opensAt);
        }

        /** @see Moment */
        Moment closes() {
            return Moment.of(closesAt, opensAt);
        }
    }

    private record Group(String stage, String name, boolean open, List<Entry> entries) {}

    /** The ballot that whoever names none is led to: the only one that is open, else the only one. */
    public static Optional<Entry> obvious(List<Entry> entries) {
        List<Entry> open =
                entries.stream().filter(entry -> entry.stage() == Stage.OPEN).toList();
        if (open.size() == 1) {
            return Optional.of(open.get(0));
        }
        return entries.size() == 1 ? Optional.of(entries.get(0)) : Optional.empty();
    }

    /**
     * The page.
     *
     * @param title what is listed, for people
     */
    public Content of(String title, List<Entry> entries, Language language) {
        List<Group> groups = Stream.of(Stage.values())
                .map(stage -> group(stage, entries, language))
                .filter(group -> !group.entries().isEmpty())
                .toList();
        Map<String, Object> values = new HashMap<>();
        values.put("head", Head.of(title, language, files, "times.js", "search.js", "list.js"));
        values.put("words", words.in(language));
        values.put("groups", groups);
        values.put("none", entries.isEmpty());
        values.put("many", entries.size() >= MANY);
        return Content.html(template.render(values));
    }

    private Group group(Stage stage, List<Entry> entries, Language language) {
        return new Group(
                stage.name().toLowerCase(Locale.ROOT),
                words.say(language, stage.name().toLowerCase(Locale.ROOT), Map.of()),
                stage == Stage.OPEN,
                entries.stream()
                        .filter(entry -> entry.stage() == stage)
                        .sorted(stage.order)
                        .toList());
    }
}
