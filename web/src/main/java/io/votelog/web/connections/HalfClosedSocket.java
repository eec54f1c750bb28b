// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a socket known to epoll whose client sends nothing more. Netty 4.2.18 (netty/netty#16689) takes a socket out when there is
 * nothing to wait for, such as the rest of a request, and puts none in again: as soon as an answer has to wait for the client to take
 * it, the connection ends within it. So there is always something to wait for here, namely errors, which epoll reports unasked.
 */
final class HalfClosedSocket {
    private static final @Nullable Method SET_FLAG = setFlag();

    private HalfClosedSocket() {}

    /** On the channel's event loop, while the end of the input is being told. */
    static void keepKnown(Channel channel) {
        if (channel instanceof EpollSocketChannel && SET_FLAG != null) {
            try {
                SET_FLAG.invoke(channel, EpollIoOps.EPOLLERR.value());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** It is there for Netty's own channels alone. */
    private static @Nullable Method setFlag() {
        for (Class<?> type = EpollSocketChannel.class; type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod("setFlag", int.class);
                method.setAccessible(true);
                return method;
            } catch (NoSuchMethodException e) {
                // It is a superclass's.
            }
        }
        return null;
    }
}
