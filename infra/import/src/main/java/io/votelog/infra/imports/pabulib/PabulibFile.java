// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An approval vote: each voter chose some of the projects, all of which count the same.
 *
 * @param meta what the part META says, by key
 * @param minPicks the fewest projects of a vote, 1 or more
 * @param maxPicks the most, {@code minPicks} or more, and no more than there are projects
 * @param projects at least one, in the order of the file
 * @param votes in the order of the file
 * @param notes what of it was passed over, or does not agree with itself, in sentences
 */
public record PabulibFile(
        Map<String, String> meta,
        int minPicks,
        int maxPicks,
        List<Project> projects,
        List<FileVote> votes,
        List<String> notes) {
    public PabulibFile {
        meta = Map.copyOf(meta);
        projects = List.copyOf(projects);
        votes = List.copyOf(votes);
        notes = List.copyOf(notes);
    }

    /** What META says under a key, where it says anything. */
    Optional<String> said(String key) {
        return Optional.ofNullable(meta.get(key)).filter(value -> !value.isBlank());
    }
}
