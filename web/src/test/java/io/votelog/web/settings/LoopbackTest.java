// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only what every machine takes for itself is this machine. */
class LoopbackTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8080",
                "LocalHost",
                "a.localhost",
                "127.0.0.1",
                "127.255.255.255:1",
                "[::1]",
                "[::1]:8080",
                "[0:0:0:0:0:0:0:1]"
            })
    void shouldKnowThisMachine(String host) {
        assertThat(Loopback.isHost(host)).isTrue();
        assertThat(Loopback.isAt(URI.create("http://" + host + "/path"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "localhost.example.org",
                "notlocalhost",
                "128.0.0.1",
                "127.0.0.1.example.org",
                "127.0.0.256",
                "127.1",
                "127.0.0.01",
                "0.0.0.0",
                "[::]",
                "[::2]",
                "[::1",
                "[::ffff:127.0.0.1]",
                "localhost.",
                ":8080",
                "localhost:x@example.org",
                "localhost:80.example.org",
                "[::1].example.org",
                "127.0.0.1:1:2"
            })
    void shouldTakeNothingElseForIt(String host) {
        assertThat(Loopback.isHost(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.example/realms/a, login.example",
        "HTTPS://login.example, login.example",
        "http://login.example:8443?a, login.example:8443",
        "https://a_b.example, a_b.example",
        "https://localhost:x@login.example/, login.example",
        "https://login.example\\@localhost/, login.example",
        "https:/login, ''",
        "https:login, login",
        "//login, login",
        "ldap://login, login",
        "accounts.google.com, accounts.google.com",
        "accounts.google.com/a, accounts.google.com",
        "login.example:8443/realms/a, login.example:8443",
        "[2001:db8::1]:80, [2001:db8::1]:80"
    })
    void shouldTellAnAddressByHowItBeginsOrByADot(String name, String host) {
        assertThat(Loopback.hostNamedBy(name)).hasValue(host);
        assertThat(Loopback.isHost(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:9000/realms/a", "HTTP://LOCALHOST", "127.0.0.1", "https://[::1]/"})
    void shouldKnowAnAddressOnThisMachine(String name) {
        assertThat(Loopback.hostNamedBy(name))
                .hasValueSatisfying(host -> assertThat(Loopback.isHost(host)).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "the-developer", "infra/up", "urn:votelog", "localhost:8080", "Kim Lee"})
    void shouldTakeAMereNameForNoAddress(String name) {
        assertThat(Loopback.hostNamedBy(name)).isEmpty();
    }
}
