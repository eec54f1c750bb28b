// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.URI;

/**
 * What honest clients, each with an address of its own, ask for at a constant rate.
 *
 * @param what it is called
 * @param rate calls a second
 * @param connections that are kept; 0 for a new one each time, which is how somebody comes who was not there yet
 * @param stream whether the answer is a stream of events, whose first one is waited for
 * @param request gives the n-th request from 0 on
 * @param seen is shown each answer 2xx that is no stream
 */
public record HonestCall(
        String what, URI server, double rate, int connections, boolean stream, Request request, Seen seen) {
    /** Requests of one kind. */
    public interface Request {
        /**
         * The bytes of one request.
         *
         * @param n its number, from 0, for requests that differ
         * @param allocator of the connection that it is written to
         */
        ByteBuf of(int n, ByteBufAllocator allocator);
    }

    /** What becomes of an answer. */
    public interface Seen {
        /** Answers that nobody looks at. */
        Seen IGNORED = response -> {};

        /** Called on the event loop for each answer; the reader tells about it until this returns. */
        void answered(ResponseReader response);
    }
}
