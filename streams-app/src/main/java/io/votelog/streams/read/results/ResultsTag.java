// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.web.headers.EntityTags;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * Identifies one state of a ballot's results. Status, late votes and whether results are up to date may change while the
 * version stays.
 */
public record ResultsTag(long version, long revision, BallotPhase status, long late, boolean live) {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,18})-(\\d{1,18})-([a-z]+)-(\\d{1,18})(?:-.*)?");

    static ResultsTag of(ResultsDocument document) {
        return new ResultsTag(
                document.version(),
                document.revision(),
                document.status(),
                document.turnout().late(),
                document.goesOn());
    }

    /** The event id of this state. */
    EventId eventId() {
        return new EventId(version, revision);
    }

    /**
     * The text between the quotes of a representation's entity tag.
     *
     * @param variant the name of the representation; empty for the JSON document
     */
    String text(String variant) {
        return "%d-%d-%s-%d%s%s".formatted(version, revision, status.word(), late, live ? "" : "-still", variant);
    }

    /** The states that an {@code If-None-Match} header names. */
    record Known(EntityTags tags) {
        static Known of(HttpHeaders request) {
            return new Known(EntityTags.ifNoneMatch(request));
        }

        /**
         * Whether the client has seen a later state than this one, which must then not be shown to it. Of all phases only the
         * final one is compared, which follows from the log; the others follow from each instance's own clock.
         */
        boolean isAheadOf(ResultsTag tag) {
            for (String known : tags.opaque()) {
                Matcher numbers = NUMBERS.matcher(known);
                if (numbers.matches()) {
                    long knownVersion = Long.parseLong(numbers.group(1));
                    long knownRevision = Long.parseLong(numbers.group(2));
                    boolean knownFinal = numbers.group(3).equals(BallotPhase.FINAL.word());
                    long knownLate = Long.parseLong(numbers.group(4));
                    if (knownVersion > tag.version
                            || knownRevision > tag.revision
                            || knownLate > tag.late
                            || (knownFinal && tag.status != BallotPhase.FINAL)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
