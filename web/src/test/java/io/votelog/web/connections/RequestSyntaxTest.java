// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes for a request here is a request to the web framework too, which would answer any other without a body. */
final class RequestSyntaxTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?",
                "/a:b",
                "/v1/ballots/a/votes:batch",
                "/a?b[c]=d",
                "/a?b=c&d=e",
                "/%41?%41",
                "/;a=b,c",
                "//a",
                "http://a/",
                "http://[::1]:80/a?b",
                "https://a.example:8080/a:b",
                "*"
            })
    void shouldTakeTargets(String target) {
        assertThat(RequestSyntax.fault(request("a", target))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "?",
                "/a[b",
                "/a]b",
                "/[]",
                "/a[b?c",
                "http://[zz]/",
                "http://[]/",
                "http://a[b]/",
                "http://a/[",
                "http://a@b/",
                "http://a?b/",
                "http:///",
                "/%",
                "/%4",
                "/%zz",
                "/a#b"
            })
    void shouldRefuseOtherTargets(String target) {
        assertThat(RequestSyntax.fault(request("a", target))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "a.b-c_d", "a:1", "a:65535", "1.2.3.4:80", "[::1]", "[::1]:80", "[1:2::ffff:1.2.3.4]:8080"})
    void shouldTakeHosts(String host) {
        assertThat(RequestSyntax.fault(request(host, "/"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[zz]",
                "[]",
                "[1:2]",
                "[1.2.3.4]",
                "[a]",
                "[:]",
                "[::1",
                "[::1]a",
                "::1",
                "[::1]:",
                "[::1%1]",
                "a:",
                "a:0",
                "a:65536",
                "a[",
                "a]"
            })
    void shouldRefuseOtherHosts(String host) {
        assertThat(RequestSyntax.fault(request(host, "/"))).isNotNull();
    }

    @Test
    void shouldTakeNoTargetThatJavaDoesNotRead() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String characters = "/?:[]@%4aZ;,.!$&'()*+=-_~#|\\\"<>^`{}\u00e9";
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder target = new StringBuilder(random.nextBoolean() ? "/" : "http://a/");
            for (int length = random.nextInt(6); length > 0; length--) {
                target.insert(
                        random.nextInt(target.length() + 1), characters.charAt(random.nextInt(characters.length())));
            }
            StringBuilder host = new StringBuilder(random.nextBoolean() ? "a" : "[::1]");
            for (int length = random.nextInt(3); length > 0; length--) {
                host.insert(random.nextInt(host.length() + 1), "[]:1a.-_@%".charAt(random.nextInt(10)));
            }
            if (RequestSyntax.fault(request(host.toString(), target.toString())) == null) {
                taken++;
                String uri = target.toString().startsWith("/") ? "http://" + host + target : target.toString();
                assertThatCode(() -> new URI(uri)).as(uri + " of seed " + seed).doesNotThrowAnyException();
            }
        }
        assertThat(taken).isGreaterThan(1_000);
    }

    private static HttpRequest request(String host, String target) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
        request.headers().set(HttpHeaderNames.HOST, host);
        return request;
    }
}
