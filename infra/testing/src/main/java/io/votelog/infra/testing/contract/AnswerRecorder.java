// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.contract;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records the requests and the answers of one connection. It comes before every handler that could answer. */
final class AnswerRecorder extends ChannelDuplexHandler {
    /** The longest body that is checked, in bytes; of an answer with a longer body the head alone is checked. */
    private static final int MAX_BODY = 256 * 1024;

    private static final Asked NOTHING = new Asked("", "", false);

    private final Consumer<Exchange> answers;
    private final Deque<Asked> unanswered = new ArrayDeque<>();
    private @Nullable Answer answer;

    private record Asked(String method, String target, boolean preflight) {}

    /** An answer that is being sent. */
    private static final class Answer {
        private final Asked asked;
        private final int status;
        private final Map<String, List<String>> headers = new LinkedHashMap<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean known = true;

        Answer(Asked asked, HttpResponse response) {
            this.asked = asked;
            this.status = response.status().code();
            response.headers().forEach(header -> headers.computeIfAbsent(
                            header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.getValue()));
        }

        void add(ByteBuf bytes) {
            known &= body.size() + bytes.readableBytes() <= MAX_BODY;
            if (known) {
                try {
                    bytes.getBytes(bytes.readerIndex(), body, bytes.readableBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        Exchange exchange() {
            return new Exchange(
                    asked.method(),
                    asked.target(),
                    asked.preflight(),
                    status,
                    headers,
                    known ? body.toByteArray() : null);
        }
    }

    AnswerRecorder(Consumer<Exchange> answers) {
        this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            unanswered.add(new Asked(
                    request.method().name(),
                    request.uri(),
                    request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)));
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            context.write(message, promise);
            return;
        }
        if (message instanceof HttpResponse response) {
            Asked asked = unanswered.poll();
            answer = new Answer(asked == null ? NOTHING : asked, response);
        }
        if (answer != null) {
            if (message instanceof ByteBufHolder content) {
                answer.add(content.content());
            } else if (message instanceof ByteBuf bytes) {
                answer.add(bytes);
            } else if (!(message instanceof HttpResponse)) {
                answer.known = false;
            }
        }
        if (message instanceof LastHttpContent) {
            end();
        }
        context.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        // A stream that the client left is recorded; any other answer that broke off is not complete.
        if (answer != null
                && !answer.headers
                        .getOrDefault("content-type", List.of(""))
                        .get(0)
                        .startsWith("text/event-stream")) {
            answer.known = false;
        }
        end();
        context.fireChannelInactive();
    }

    private void end() {
        if (answer != null) {
            answers.accept(answer.exchange());
            answer = null;
        }
    }
}
