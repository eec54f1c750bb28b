// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.turnout;

import io.votelog.streams.read.board.TurnoutHistory;
import io.votelog.web.coding.Coded;
import org.springframework.util.DigestUtils;

/**
 * One state of a ballot's turnout in steps of one length, as it is written.
 *
 * @param source the history from which it was made
 * @param json the document
 * @param tag the hash of the document's content
 */
record TurnoutView(TurnoutHistory source, long stepSeconds, Coded json, String tag) {
    static TurnoutView of(TurnoutHistory source, long stepSeconds, byte[] json) {
        return new TurnoutView(source, stepSeconds, new Coded(json), DigestUtils.md5DigestAsHex(json));
    }
}
