package io.votelog.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PepperTest {
    /** The bytes 00 to 1f. */
    private final Pepper pepper = Pepper.of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

    /**
     * The first 16 bytes of what openssl says:
     *
     * <pre>
     * printf 'voter/v1\x00\x0fgz-customs-2021\x00\x05alice' | openssl dgst -sha256 -mac HMAC \
     *   -macopt hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
     * 0aa1060ddfec1cf2f71e650e4aca02eca2686e96d3550c5de035105129b1b1c3
     * </pre>
     *
     * The second is from Python's hmac with the UTF-8 bytes of the user id, of which there are 8.
     */
    @ParameterizedTest
    @CsvSource({"alice, CqEGDd_sHPL3HmUOSsoC7A", "用户-1, 2PwDSTkSRWpnPF-PV9n4VQ"})
    void shouldMakeThePseudonymThatOthersCompute(String userId, String reference) {
        assertThat(pepper.pseudonym("gz-customs-2021", userId)).hasToString(reference);
    }

    @Test
    void shouldKeepBallotAndUserApart() {
        assertThat(pepper.pseudonym("ab", "c")).isNotEqualTo(pepper.pseudonym("a", "bc"));
        assertThat(pepper.pseudonym("ab", "c")).isNotEqualTo(pepper.pseudonym("ab2", "c"));
    }

    /** {@code (python: hashlib.sha256(bytes(range(32)) + b"gz-customs-2021").hexdigest()[:16])}. */
    @Test
    void shouldMakeTheFingerprintThatOthersCompute() {
        assertThat(HexFormat.of()
                        .formatHex(pepper.fingerprint("gz-customs-2021").bytes()))
                .isEqualTo("a7b65595eb57f3e9");
    }

    @Test
    void shouldRefuseAPepperThatIsTooShortAndNotShowIt() {
        assertThatThrownBy(() -> Pepper.of("AAECAwQFBgcICQoLDA0ODw=="))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it has 16 bytes");
        assertThatThrownBy(() -> Pepper.of("not base64!"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it is not base64");
    }
}
