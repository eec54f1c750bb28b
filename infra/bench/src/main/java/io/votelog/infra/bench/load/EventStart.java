// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The beginning of an answer that is a stream of events: its status, and whether an event has begun to arrive. */
public final class EventStart {
    private static final String HEAD_END = "\r\n\r\n";

    private final StringBuilder text = new StringBuilder();
    private int bodyFrom = -1;
    private int status;
    private boolean event;

    /** Takes all that has arrived, however it was cut. */
    public void take(ByteBuf arrived) {
        if (event) {
            arrived.skipBytes(arrived.readableBytes());
            return;
        }
        int searchedTo = Math.max(0, text.length() - HEAD_END.length());
        text.append(arrived.readCharSequence(arrived.readableBytes(), StandardCharsets.ISO_8859_1));
        if (bodyFrom < 0) {
            int end = text.indexOf(HEAD_END, searchedTo);
            if (end < 0) {
                return;
            }
            bodyFrom = end + HEAD_END.length();
            status = Integer.parseInt(text, "HTTP/1.1 ".length(), "HTTP/1.1 200".length(), 10);
        }
        event = text.indexOf("data:", Math.max(bodyFrom, searchedTo)) >= 0;
    }

    /** Whether its status is not 200, or an event has begun. */
    boolean decided() {
        return bodyFrom >= 0 && (status != 200 || event);
    }

    /** The status, once the head has arrived; 0 before. */
    public int status() {
        return status;
    }
}
