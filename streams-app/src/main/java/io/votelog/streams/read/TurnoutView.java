package io.votelog.streams.read;

import org.springframework.util.DigestUtils;

/**
 * One state of a ballot's turnout in steps of one length, written out.
 *
 * @param source what it was made from
 * @param json the document
 * @param entityTag of the document's content
 */
record TurnoutView(TurnoutHistory source, long stepSeconds, byte[] json, String entityTag) {
    static TurnoutView of(TurnoutHistory source, long stepSeconds, byte[] json) {
        return new TurnoutView(source, stepSeconds, json, '"' + DigestUtils.md5DigestAsHex(json) + '"');
    }
}
