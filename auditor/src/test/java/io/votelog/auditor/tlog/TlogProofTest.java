// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TlogProofTest {
    private static final String HASH = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=";
    private static final String CHECKPOINT =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    private static final String GOOD =
            "c2sp.org/tlog-proof@v1\nextra AQI=\nindex 73894\n" + HASH + "\n" + HASH + "\n\n" + CHECKPOINT;

    @Test
    void shouldReadWhatTheSpecificationDescribes() {
        TlogProof proof = TlogProof.parse(GOOD);
        assertThat(proof.index()).isEqualTo(73_894);
        assertThat(proof.proof()).hasSize(2).allSatisfy(hash -> assertThat(StrictEncoding.base64(hash))
                .isEqualTo(HASH));
        assertThat(proof.text()).isEqualTo(GOOD);
        assertThat(proof.includes(new byte[32])).isFalse();
        assertThat(TlogProof.parse(GOOD.replace("extra AQI=", "extra ")).extra().orElseThrow())
                .isEmpty();
        assertThat(TlogProof.parse(GOOD.replace((HASH + "\n").repeat(2), (HASH + "\n").repeat(63)))
                        .proof())
                .hasSize(63);
    }

    static List<String> malformed() {
        return List.of(
                "",
                GOOD.substring(0, GOOD.length() - 1),
                GOOD.replace("@v1", "@v2"),
                "\n" + GOOD,
                GOOD.replace("extra AQI=", "extra AQI"),
                GOOD.replace("extra AQI=", "extra AQJ="),
                GOOD.replace("extra AQI=", "extra  AQI="),
                GOOD.replace("extra AQI=\n", "extra AQI=\nextra AQI=\n"),
                GOOD.replace("extra AQI=\nindex 73894\n", "index 73894\nextra AQI=\n"),
                GOOD.replace("index 73894", "index 073894"),
                GOOD.replace("index 73894", "index -1"),
                GOOD.replace("index 73894", "index 9223372036854775808"),
                GOOD.replace("index 73894", "index  73894"),
                GOOD.replace("index 73894\n", ""),
                GOOD.replace(HASH, HASH.substring(4)),
                GOOD.replace(HASH, HASH.replace("=", "")),
                GOOD.replace(HASH + "\n\n", HASH + "\n \n"),
                GOOD.replace(HASH + "\n\n", HASH + "\n"),
                GOOD.replace(HASH + "\n", (HASH + "\n").repeat(32)),
                GOOD.replace("\n20852163\n", "\n020852163\n"),
                GOOD.replace("\n", "\r\n"),
                GOOD.replace("sofa", "so\ud800fa"),
                GOOD + "\n",
                GOOD + "x".repeat(TlogProof.LONGEST));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldRefuseWhatIsNoProof(String text) {
        assertThatThrownBy(() -> TlogProof.parse(text)).isInstanceOf(TlogException.class);
    }

    @Test
    void shouldBeMadeOfHashesAlone() {
        SignedNote checkpoint = TlogProof.parse(GOOD).checkpoint();
        assertThatThrownBy(() -> new TlogProof(Optional.empty(), -1, List.of(), checkpoint))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlogProof(Optional.empty(), 0, List.of(new byte[31]), checkpoint))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlogProof(Optional.empty(), 0, Collections.nCopies(64, new byte[32]), checkpoint))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
