// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads files in Pabulib's format (pabulib.org/format): the parts META, PROJECTS and VOTES, each with a row of column names. Columns
 * that mean nothing for an approval vote are passed over.
 */
public final class PabulibReader {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int MAX_COUNT_DIGITS = 15;

    private enum Part {
        META,
        PROJECTS,
        VOTES
    }

    private record Section(Row title, List<Row> rows) {}

    private final Map<Part, Section> sections = new EnumMap<>(Part.class);
    private final Map<String, Field> meta = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    private PabulibReader() {}

    /**
     * The vote in these bytes, UTF-8.
     *
     * @throws PabulibException where they are no such file, or no approval vote
     */
    public static PabulibFile read(byte[] bytes) {
        return new PabulibReader().file(text(bytes));
    }

    private static String text(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = decoder.decode(in, text, true);
        if (result.isError()) {
            int line = 1;
            int lineBegin = 0;
            for (int at = 0; at < in.position(); at++) {
                if (bytes[at] == '\n') {
                    line++;
                    lineBegin = at + 1;
                }
            }
            throw new PabulibException("line %d, byte %d: the file is not in UTF-8; save it in that encoding"
                    .formatted(line, in.position() - lineBegin + 1));
        }
        String all = text.flip().toString();
        return all.startsWith(BYTE_ORDER_MARK) ? all.substring(1) : all;
    }

    private PabulibFile file(String text) {
        split(new RowReader(text));
        readMeta(section(Part.META));
        requireApproval();
        List<Project> projects = projects(section(Part.PROJECTS));
        int min = Math.max(1, bound("min_length", 1));
        int max = Math.min(projects.size(), bound("max_length", isChooseOne() ? 1 : projects.size()));
        requireBounds(min, max, projects.size());
        List<FileVote> votes = votes(section(Part.VOTES));
        noteCount("num_projects", projects.size());
        noteCount("num_votes", votes.size());
        for (String key : List.of("max_sum_cost", "min_sum_cost")) {
            if (meta.containsKey(key)) {
                notes.add("%s is %s: what projects cost is no rule of a ballot here, and no vote is refused for it"
                        .formatted(key, meta.get(key).text()));
            }
        }
        noteVoters(votes, projects);
        Map<String, String> said = new HashMap<>();
        meta.forEach((key, value) -> said.put(key, value.text()));
        return new PabulibFile(said, min, max, projects, votes, notes);
    }

    private void split(RowReader rows) {
        List<Row> current = null;
        for (Row row = rows.next(); row != null; row = rows.next()) {
            Part begun = partBegunBy(row);
            if (begun != null) {
                current = new ArrayList<>();
                Section before = sections.put(begun, new Section(row, current));
                if (before != null) {
                    throw PabulibException.at(
                            row.first(),
                            "a second part %s; the first is in line %d"
                                    .formatted(begun, before.title().first().line()));
                }
            } else if (current == null) {
                throw PabulibException.at(
                        row.first(),
                        "META is needed here: a file in Pabulib's format has the parts META, PROJECTS and VOTES, each"
                                + " begun by a line with its name alone");
            } else {
                current.add(row);
            }
        }
    }

    private static @Nullable Part partBegunBy(Row row) {
        if (row.fields().size() > 1) {
            return null;
        }
        String word = row.first().text().toUpperCase(Locale.ROOT);
        for (Part part : Part.values()) {
            if (part.name().equals(word)) {
                return part;
            }
        }
        return null;
    }

    private Section section(Part part) {
        Section section = sections.get(part);
        if (section == null) {
            throw new PabulibException(
                    "the file has no part %s; it is begun by a line with that name alone".formatted(part));
        }
        if (section.rows().isEmpty()) {
            throw PabulibException.at(section.title().first(), "the part %s is empty".formatted(part));
        }
        return section;
    }

    /** The row {@code key;value} at its top is left out by some. */
    private void readMeta(Section section) {
        for (Row row : section.rows()) {
            String key = row.first().text().toLowerCase(Locale.ROOT);
            if (row.fields().size() > 2) {
                throw PabulibException.at(
                        row.fields().get(2),
                        "META has a key and a value in a row; a value with a semicolon in it stands in quotes");
            }
            Field value = row.fields().size() == 2
                    ? row.fields().get(1)
                    : new Field(row.first().line(), row.first().column(), "");
            boolean titles = key.equals("key") && value.text().equalsIgnoreCase("value");
            if (!titles && meta.putIfAbsent(key, value) != null) {
                throw PabulibException.at(row.first(), "META has %s twice".formatted(PabulibException.quoted(key)));
            }
        }
    }

    private boolean isChooseOne() {
        return meta.containsKey("vote_type") && meta.get("vote_type").text().equalsIgnoreCase("choose-1");
    }

    private void requireApproval() {
        Field type = meta.get("vote_type");
        if (type == null || type.isEmpty()) {
            throw type == null
                    ? new PabulibException("META has no vote_type; approval or choose-1 can be read")
                    : PabulibException.at(type, "vote_type says nothing; approval or choose-1 can be read");
        }
        String problem =
                switch (type.text().toLowerCase(Locale.ROOT)) {
                    case "approval", "choose-1" -> null;
                    case "ordinal" -> "ordinal: its voters put projects in an order";
                    case "cumulative" -> "cumulative: its voters share points out among projects";
                    case "scoring" -> "scoring: its voters give each project a score";
                    default -> PabulibException.quoted(type.text()) + ", which the format does not have";
                };
        if (problem != null) {
            throw PabulibException.at(
                    type,
                    "vote_type is %s; a vote here picks options that all count the same, so only approval and choose-1 can be read"
                            .formatted(problem));
        }
    }

    private int bound(String key, int otherwise) {
        Field field = meta.get(key);
        return field == null || field.isEmpty() ? otherwise : Math.toIntExact(Math.min(count(field, key), 1_000_000));
    }

    private static long count(Field field, String what) {
        if (!field.text().matches("\\d{1," + MAX_COUNT_DIGITS + "}")) {
            throw PabulibException.at(
                    field, "%s is %s; a whole number is needed".formatted(what, PabulibException.quoted(field.text())));
        }
        return Long.parseLong(field.text());
    }

    private void requireBounds(int min, int max, int projects) {
        String problem = null;
        if (isChooseOne() && (min > 1 || max != 1)) {
            problem = "vote_type is choose-1, and votes are to have %d to %d projects".formatted(min, max);
        } else if (min > projects) {
            problem = "votes are to have %d projects or more, and there are %d".formatted(min, projects);
        } else if (max < min) {
            problem = "votes are to have at least %d projects and at most %d".formatted(min, max);
        }
        if (problem != null) {
            Field field = Stream.of("max_length", "min_length", "vote_type")
                    .filter(meta::containsKey)
                    .map(key -> Objects.requireNonNull(meta.get(key)))
                    .findFirst()
                    .orElseThrow();
            throw PabulibException.at(field, problem + "; min_length and max_length must fit one another");
        }
    }

    private List<Project> projects(Section section) {
        Row header = section.rows().get(0);
        Table table = new Table(
                Part.PROJECTS.name(),
                header,
                section.rows().subList(1, section.rows().size()));
        table.require(header, "project_id");
        Map<String, Field> seen = new HashMap<>();
        List<Project> projects = new ArrayList<>();
        for (Row row : table.rows()) {
            Field id = table.get(row, "project_id");
            Field before = seen.putIfAbsent(id.text(), id);
            if (before != null) {
                throw PabulibException.at(
                        id,
                        "a second project %s; the first is in line %d"
                                .formatted(PabulibException.quoted(id.text()), before.line()));
            }
            if (id.text().contains(",")) {
                throw PabulibException.at(
                        id, "a project's id must have no comma: commas stand between the projects of a vote");
            }
            Field name = table.find(row, "name");
            Field votes = table.find(row, "votes");
            projects.add(new Project(
                    id.text(),
                    name == null || name.isEmpty() ? null : name.text(),
                    votes == null || votes.isEmpty() ? null : Long.valueOf(count(votes, "votes"))));
        }
        if (projects.isEmpty()) {
            throw PabulibException.at(section.title().first(), "PROJECTS has a row of names and no project");
        }
        return projects;
    }

    private static List<FileVote> votes(Section section) {
        Row header = section.rows().get(0);
        Table table = new Table(
                Part.VOTES.name(),
                header,
                section.rows().subList(1, section.rows().size()));
        table.require(header, "voter_id");
        table.require(header, "vote");
        List<FileVote> votes = new ArrayList<>();
        for (Row row : table.rows()) {
            Field voter = table.get(row, "voter_id");
            Field vote = table.find(row, "vote");
            votes.add(new FileVote(voter.line(), voter.text(), vote == null ? List.of() : chosen(vote)));
        }
        return votes;
    }

    private static List<String> chosen(Field vote) {
        if (vote.isEmpty()) {
            return List.of();
        }
        List<String> chosen = new ArrayList<>();
        for (String id : vote.text().split(",", -1)) {
            if (id.isBlank()) {
                throw PabulibException.at(
                        vote,
                        "the vote %s has nothing beside a comma; a project's id belongs there"
                                .formatted(PabulibException.quoted(vote.text())));
            }
            chosen.add(id.strip());
        }
        return List.copyOf(chosen);
    }

    private void noteCount(String key, int found) {
        Field field = meta.get(key);
        if (field != null && !field.isEmpty() && count(field, key) != found) {
            notes.add("META says %s is %s, and the file has %d".formatted(key, field.text(), found));
        }
    }

    private void noteVoters(List<FileVote> votes, List<Project> projects) {
        Set<String> voters = new HashSet<>();
        Set<String> known = new HashSet<>();
        projects.forEach(project -> known.add(project.id()));
        long again = 0;
        Set<String> unknown = new HashSet<>();
        for (FileVote vote : votes) {
            again += voters.add(vote.voter()) ? 0 : 1;
            vote.projects().stream().filter(id -> !known.contains(id)).forEach(unknown::add);
        }
        if (again > 0) {
            notes.add(
                    "rows of voters who have a row above: %d of %d; the first vote of a voter that the ballot takes counts"
                            .formatted(again, votes.size()));
        }
        if (!unknown.isEmpty()) {
            notes.add(
                    "projects that votes name and PROJECTS does not have: %d, such as %s; a gateway refuses those votes"
                            .formatted(
                                    unknown.size(),
                                    PabulibException.quoted(unknown.stream()
                                            .sorted()
                                            .findFirst()
                                            .orElseThrow())));
        }
    }
}
