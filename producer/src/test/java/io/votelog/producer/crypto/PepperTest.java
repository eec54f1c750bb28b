// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import static io.votelog.producer.auth.TestTokens.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.Pseudonym;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PepperTest {
    /** The bytes 00 to 0f. */
    private static final Pseudonym VOTER = Pseudonym.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));

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
        assertThat(pepper.pseudonym("gz-customs-2021", user(userId))).hasToString(reference);
    }

    @Test
    void shouldKeepBallotAndUserApart() {
        assertThat(pepper.pseudonym("ab", user("c"))).isNotEqualTo(pepper.pseudonym("a", user("bc")));
        assertThat(pepper.pseudonym("ab", user("c"))).isNotEqualTo(pepper.pseudonym("ab2", user("c")));
    }

    /**
     * From Python: the first 16 bytes, with the bits of version 8, of
     *
     * <pre>
     * hmac.new(bytes(range(32)), b"vote/v1" + bytes(range(16)) + b"\0\x0201\0\x0225", "sha256").digest()
     * </pre>
     *
     * The second is for the one choice 用户, of six bytes in UTF-8.
     */
    @ParameterizedTest
    @CsvSource({"25;01, 63f074c6-8320-85ea-8c7c-180ad6e8d373", "用户, 835bd6d9-3f92-8051-94d2-507adc2dbcfe"})
    void shouldMakeTheVoteIdThatEveryGatewayMakes(String choices, UUID id) {
        assertThat(pepper.voteId(VOTER, List.of(choices.split(";")))).isEqualTo(id);
        assertThat(id.version()).isEqualTo(8);
        assertThat(id.variant()).isEqualTo(2);
    }

    @Test
    void shouldMakeAnotherVoteIdUnderAnotherPepperAndForAnotherVoter() {
        UUID id = pepper.voteId(VOTER, List.of("01", "25"));
        Pepper other = Pepper.of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh4=");
        assertThat(other.voteId(VOTER, List.of("01", "25"))).isNotEqualTo(id);
        assertThat(pepper.voteId(pepper.pseudonym("ab", user("c")), List.of("01", "25")))
                .isNotEqualTo(id);
    }

    /** Two sets of choices have one id when they are one set, whatever their order and however their letters could be cut anew. */
    @Test
    void shouldMakeOneVoteIdOfOneSetOfChoices() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<List<String>, UUID> ids = new HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            List<String> choices = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                choices.add("ab1-é".substring(0, 1 + random.nextInt(5)).repeat(1 + random.nextInt(2)));
            }
            UUID id = pepper.voteId(VOTER, choices);
            Collections.shuffle(choices, random);
            assertThat(pepper.voteId(VOTER, choices)).as(choices.toString()).isEqualTo(id);
            List<String> sorted = choices.stream().sorted().toList();
            assertThat(ids.computeIfAbsent(sorted, first -> id)).isEqualTo(id);
        }
        assertThat(new HashSet<>(ids.values())).hasSameSizeAs(ids.keySet());
        assertThat(ids.size()).isGreaterThan(1_000);
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
