package io.votelog.web.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
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
                "", "example.org", "localhost.example.org", "notlocalhost", "128.0.0.1", "127.0.0.1.example.org",
                        "127.0.0.256", "127.1",
                "127.0.0.01", "0.0.0.0", "[::]", "[::2]", "[::1", "[::ffff:127.0.0.1]", "localhost.", ":8080"
            })
    void shouldTakeNothingElseForIt(String host) {
        assertThat(Loopback.isHost(host)).isFalse();
    }
}
