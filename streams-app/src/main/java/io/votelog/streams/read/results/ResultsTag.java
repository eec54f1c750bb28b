// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.web.headers.EntityTags;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * What tells one state of a ballot's results from another. Status, late votes and whether they go on may change while the
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

    /** What a reader has seen who was shown this. */
    EventId eventId() {
        return new EventId(version, revision);
    }

    /**
     * What stands between the quotes of one representation's entity tag.
     *
     * @param variant what sets it apart from the JSON document; empty for that one
     */
    String text(String variant) {
        return "%d-%d-%s-%d%s%s".formatted(version, revision, status.word(), late, live ? "" : "-still", variant);
    }

    /** What an {@code If-None-Match} header names. */
    record Known(EntityTags tags) {
        static Known of(HttpHeaders request) {
            return new Known(EntityTags.ifNoneMatch(request));
        }

        /**
         * Whether the client has seen a later state than this one: then this one must not be shown to it. Of the status only
         * the last is looked at, which the log gives; the others come by each instance's own clock.
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
