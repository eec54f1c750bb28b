// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology.rows;

import io.votelog.schemas.Pseudonym;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key of a voter's row: the pseudonym's 16 bytes, then the ballot id in UTF-8. A pseudonym is made for one ballot, but
 * whoever writes to the topic directly may use it for two.
 */
public final class VoterKey {
    private VoterKey() {}

    /** The key of the row for this pseudonym, which is the record's key, and the ballot that its vote names. */
    public static byte[] of(byte[] pseudonym, String ballotId) {
        byte[] id = ballotId.getBytes(StandardCharsets.UTF_8);
        byte[] key = Arrays.copyOf(pseudonym, Pseudonym.LENGTH + id.length);
        System.arraycopy(id, 0, key, Pseudonym.LENGTH, id.length);
        return key;
    }

    /** The partition of votes that this row belongs to, and with it the task that holds the row. */
    public static int partition(byte[] key, int partitionCount) {
        return Pseudonym.partition(Arrays.copyOf(key, Pseudonym.LENGTH), partitionCount);
    }
}
