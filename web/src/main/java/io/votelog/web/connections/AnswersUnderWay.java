// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/** What is on its way to one client, and whether the client takes it. */
final class AnswersUnderWay {
    /** The part of an answer that waited to be taken when last looked at, how much of it was taken, and since when. */
    private @Nullable Object stuckAt;

    private long stuckTaken;
    private long stuckSinceNanos;

    /** Whether something has still to be taken. */
    static boolean are(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending != null && !pending.isEmpty();
    }

    /** Whether nothing of what is under way was taken for a time. */
    boolean nothingTaken(Channel channel, long nowNanos, long timeNanos) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        if (pending == null || pending.isEmpty()) {
            stuckAt = null;
            return false;
        }
        Object part = pending.current();
        long taken = pending.currentProgress();
        if (part != stuckAt || taken != stuckTaken) {
            stuckAt = part;
            stuckTaken = taken;
            stuckSinceNanos = nowNanos;
        }
        return nowNanos - stuckSinceNanos > timeNanos;
    }
}
