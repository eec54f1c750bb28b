package io.votelog.web.connections;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections there may be at once. Each costs memory whatever it is used for, so without a limit a flood of them would end
 * the process.
 */
public final class ConnectionLimit {
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    /** @param most at least 1 */
    public ConnectionLimit(int most) {
        this.most = most;
    }

    /** Counts the new connection until it is closed; when it is one too many it is closed at once, and this is false. */
    public boolean admit(Channel channel) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            channel.close();
            return false;
        }
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }

    /** How many there are now. */
    public int open() {
        return open.get();
    }
}
