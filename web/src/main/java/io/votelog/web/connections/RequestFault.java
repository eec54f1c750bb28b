// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why what came in is no request, as an RFC 9457 problem document.
 *
 * @param status 400, 408, 414, 429 or 431
 * @param code kebab-case; the document's type is {@code urn:votelog:problem:} and the code
 */
record RequestFault(int status, String code, String title, String detail) {
    private static final String MEDIA_TYPE = "application/problem+json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static RequestFault malformed(String detail) {
        return new RequestFault(400, "malformed-request", "The request is malformed", detail);
    }

    static RequestFault lineTooLong(int limitBytes) {
        return new RequestFault(
                414,
                "uri-too-long",
                "The request line is too long",
                "the request line has more than the %d bytes that are allowed".formatted(limitBytes));
    }

    static RequestFault headersTooLarge(int limitBytes) {
        return new RequestFault(
                431,
                "headers-too-large",
                "The headers are too large",
                "the headers have more than the %d bytes that are allowed for all of them".formatted(limitBytes));
    }

    static RequestFault timedOut() {
        return new RequestFault(408, "request-timeout", "The request took too long", "the request stopped coming in");
    }

    static RequestFault tooManyAhead(int limit) {
        return new RequestFault(
                429,
                "too-many-requests",
                "Too many requests wait for their answers",
                "at most %d requests of a connection may wait for the answers to earlier ones; nothing was done for this one or those behind it"
                        .formatted(limit));
    }

    /**
     * The answer, which ends the connection.
     *
     * @param protection sets the headers that all answers have
     */
    FullHttpResponse answer(Consumer<HttpHeaders> protection) {
        byte[] body = json();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
        protection.accept(response.headers());
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, MEDIA_TYPE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status == HttpResponseStatus.TOO_MANY_REQUESTS.code()) {
            response.headers().setInt(HttpHeaderNames.RETRY_AFTER, 1);
        }
        return response;
    }

    /** The document, UTF-8. */
    private byte[] json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "urn:votelog:problem:" + code);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        return JSON.writeValueAsBytes(document);
    }
}
