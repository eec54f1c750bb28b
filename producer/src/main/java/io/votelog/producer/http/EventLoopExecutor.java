// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Runs tasks on one event loop, in batches: the log's acknowledgements are handed back to the loop of the request's connection.
 * A task that comes while others wait joins them and does not wake the loop once more.
 */
final class EventLoopExecutor implements Executor {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final WakeUp wakeUp;

    private EventLoopExecutor(EventLoop loop) {
        this.wakeUp = new WakeUp(loop, this::runWaiting);
    }

    /** The executors of a server, one for each of its event loops. */
    static final class PerLoop {
        private final Map<EventLoop, EventLoopExecutor> byLoop = new ConcurrentHashMap<>();

        /** The executor for the event loop of the request's connection. */
        EventLoopExecutor of(HttpServerRequest request) {
            EventLoop loop = channel(request).eventLoop();
            EventLoopExecutor known = byLoop.get(loop);
            return known != null ? known : byLoop.computeIfAbsent(loop, EventLoopExecutor::new);
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

    private void runWaiting() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
