// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an export holds.
 *
 * @param notForPublication that it is for the operator's own analysts alone
 * @param positions where votes ended, by partition, when it was made; in an export for the public there are none
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
    static final String NAME = "manifest.json";

    /** What a manifest names as its format. */
    public static final String FORMAT = "votelog-export/1";

    /**
     * What is to be exported.
     *
     * @param rows every vote with its place in the log: not for publication
     * @param ballot this one alone; all when null
     * @param votes how often each set of options was chosen, too
     * @param atLeast sets that fewer voters have chosen are put together
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"rows", "ballot", "votes", "atLeast"})
    public record Wanted(boolean rows, @Nullable String ballot, boolean votes, long atLeast) {
        boolean wants(String ballotId) {
            return ballot == null || ballot.equals(ballotId);
        }
    }

    /**
     * A ballot in it.
     *
     * @param definition SHA-256 of its definition
     * @param ended whether its count is final
     * @param withheld what is not here before its end
     */
    @JsonPropertyOrder({"ballotId", "definition", "ended", "withheld"})
    public record Ballot(String ballotId, String definition, boolean ended, List<String> withheld) {}

    /**
     * A file of it.
     *
     * @param rows lines without the header
     * @param sha256 of the file, in hexadecimal digits
     */
    @JsonPropertyOrder({"file", "rows", "sha256"})
    public record File(String file, long rows, String sha256) {}
}
