// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of an export: what was requested, and which ballots and files the export holds.
 *
 * @param notForPublication whether the export is for the operator's own analysts alone
 * @param positions the ends of votes by partition when the export was made; null in an export for the public
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"format", "notForPublication", "wanted", "positions", "ballots", "files"})
public record ExportManifest(
        String format,
        boolean notForPublication,
        Wanted wanted,
        @Nullable Map<Integer, Long> positions,
        List<Ballot> ballots,
        List<File> files) {
    /** The name of the manifest in its folder. */
    public static final String NAME = "manifest.json";

    /** The format that a manifest names. */
    public static final String FORMAT = "votelog-export/1";

    /**
     * What is requested of an export.
     *
     * @param rows whether to export every vote with its position in the log; not for publication
     * @param ballot the id of the only ballot to export; null for all
     * @param votes whether to export how often each set of options was chosen
     * @param atLeast sets that fewer voters chose are put together in one row
     * @param nist true for a report of each ballot's results by NIST SP 1500-100 as well; null where that is not requested
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"rows", "ballot", "votes", "atLeast", "nist"})
    public record Wanted(boolean rows, @Nullable String ballot, boolean votes, long atLeast, @Nullable Boolean nist) {
        /** Without reports by NIST SP 1500-100. */
        public Wanted(boolean rows, @Nullable String ballot, boolean votes, long atLeast) {
            this(rows, ballot, votes, atLeast, null);
        }

        boolean reports() {
            return Boolean.TRUE.equals(nist);
        }

        boolean wants(String ballotId) {
            return ballot == null || ballot.equals(ballotId);
        }
    }

    /**
     * A ballot in the export.
     *
     * @param definition SHA-256 of the ballot's definition, in hexadecimal digits
     * @param ended whether its count is final
     * @param withheld the parts that are left out until the ballot has ended
     */
    @JsonPropertyOrder({"ballotId", "definition", "ended", "withheld"})
    public record Ballot(String ballotId, String definition, boolean ended, List<String> withheld) {}

    /**
     * A file of the export.
     *
     * @param rows the number of lines, without the header
     * @param sha256 of the file, in hexadecimal digits
     */
    @JsonPropertyOrder({"file", "rows", "sha256"})
    public record File(String file, long rows, String sha256) {}
}
