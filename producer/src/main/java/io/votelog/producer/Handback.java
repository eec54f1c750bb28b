package io.votelog.producer;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Hands what the log acknowledged back to one event loop, in batches: an acknowledgement that comes while others wait to be taken
 * joins them and wakes nobody.
 */
final class Handback implements Executor {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final WakeUp wakeUp;

    private Handback(EventLoop loop) {
        this.wakeUp = new WakeUp(loop, this::take);
    }

    /** The handbacks of a server, one for each of its event loops. */
    static final class All {
        private final Map<EventLoop, Handback> byLoop = new ConcurrentHashMap<>();

        /** The one to the loop of the request's connection. */
        Handback to(HttpServerRequest request) {
            EventLoop loop = channel(request).eventLoop();
            Handback known = byLoop.get(loop);
            return known != null ? known : byLoop.computeIfAbsent(loop, Handback::new);
        }
    }

    /** The request's connection. */
    static Channel channel(HttpServerRequest request) {
        Channel[] channel = new Channel[1];
        request.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        wakeUp.call();
    }

    private void take() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
