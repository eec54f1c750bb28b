// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.readers;

import io.votelog.infra.bench.workspace.BenchException;
import java.util.Arrays;

/** The positions at the end of a results document, read without the rest of it. */
final class Positions {
    private static final String FIELD = "\"positions\":{";

    private Positions() {}

    /**
     * The next offset to be counted of each partition, 0 where the document names none.
     *
     * @param end the document's end, with the whole of its field {@code positions}, which is the last one
     * @throws BenchException when there is no such field
     */
    static long[] parse(String end) {
        int at = end.lastIndexOf(FIELD);
        int close = end.indexOf('}', at);
        if (at < 0 || close < 0) {
            throw new BenchException("results without positions at their end");
        }
        long[] positions = {};
        String pairs = end.substring(at + FIELD.length(), close);
        for (String pair : pairs.isBlank() ? new String[0] : pairs.split(",")) {
            int colon = pair.indexOf(':');
            int partition =
                    Integer.parseInt(pair.substring(0, colon).replace("\"", "").strip());
            if (partition >= positions.length) {
                positions = Arrays.copyOf(positions, partition + 1);
            }
            positions[partition] = Long.parseLong(pair.substring(colon + 1).strip());
        }
        return positions;
    }
}
