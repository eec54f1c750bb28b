// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

/** What one client may try. */
enum AttackKind {
    HEADERS("pages and CSV, a long header"),
    GATEWAY_CONNECTIONS("connections of the gateway"),
    STREAMS_CONNECTIONS("connections of the read side"),
    STREAMS("streams of results, none read"),
    RESULTS("results at full speed"),
    BALLOT("the ballot at full speed"),
    MY_VOTE("my-vote at full speed"),
    RECEIPTS("made-up receipts, offset 0, at full speed"),
    TURNOUT("one user's votes, a new id each"),
    RETRIES("one user's vote, one id"),
    REJECTED("one user's vote that counts, then one rejected id");

    private final String what;

    AttackKind(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }
}
