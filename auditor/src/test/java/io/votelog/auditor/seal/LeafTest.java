// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Strangers read these bytes, so they are written down here. */
class LeafTest {
    private static final String HASH = "ab".repeat(32);

    static Stream<Arguments> leaves() {
        return Stream.of(
                Arguments.of(
                        new Leaf.Record(Leaf.VOTE, 3, 258, HexFormat.of().parseHex(HASH.repeat(3))),
                        "01" + "00000003" + "0000000000000102" + HASH.repeat(3)),
                Arguments.of(
                        new Leaf.Record(Leaf.CONTROL, 0, 0, HexFormat.of().parseHex(HASH)),
                        "02" + "00000000" + "0000000000000000" + HASH),
                Arguments.of(
                        new Leaf.Record(Leaf.NO_VOTE, 1, 7, HexFormat.of().parseHex(HASH)),
                        "03" + "00000001" + "0000000000000007" + HASH),
                Arguments.of(
                        new Leaf.Ends(5, new long[] {1, 256}),
                        "04" + "0000000000000005" + "00000002" + "0000000000000001" + "0000000000000100"),
                Arguments.of(new Leaf.Result(6, "{\"é\"}"), "05" + "0000000000000006" + "7b22c3a9227d"),
                Arguments.of(
                        new Leaf.Verdict(1, 2, "REJECTED", "CLOSED"),
                        "11" + "00000001" + "0000000000000002" + "08" + "52454a4543544544" + "06" + "434c4f534544"),
                Arguments.of(
                        new Leaf.Verdict(1, 2, "ACCEPTED", ""),
                        "11" + "00000001" + "0000000000000002" + "08" + "4143434550544544" + "00"),
                Arguments.of(new Leaf.Obeyed(1, 2), "12" + "00000001" + "0000000000000002"),
                Arguments.of(
                        new Leaf.PutAside(1, 2, "BAD_KEY"),
                        "13" + "00000001" + "0000000000000002" + "07" + "4241445f4b4559"),
                Arguments.of(new Leaf.Undecided(1, 2), "14" + "00000001" + "0000000000000002"));
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldHaveTheseBytes(Leaf leaf, String entry) {
        assertThat(HexFormat.of().formatHex(leaf.entry())).isEqualTo(entry);
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void shouldBeReadBack(Leaf leaf, String entry) {
        Leaf read = Leaf.parse(HexFormat.of().parseHex(entry));

        assertThat(read).hasSameClassAs(leaf).usingRecursiveComparison().isEqualTo(leaf);
    }

    /** Of a result's text alone no length is said. */
    @ParameterizedTest
    @MethodSource("leaves")
    void shouldRefuseWhatIsCutShortOrGoesOn(Leaf leaf, String entry) {
        byte[] whole = HexFormat.of().parseHex(entry);
        int head = leaf instanceof Leaf.Result ? 9 : whole.length;
        for (int length = 0; length < head; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Leaf.parse(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        if (!(leaf instanceof Leaf.Result)) {
            assertThatThrownBy(() -> Leaf.parse(Arrays.copyOf(whole, whole.length + 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseAKindThatIsNone() {
        assertThatThrownBy(() -> Leaf.parse(new byte[] {0x7f, 0, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7f");
    }
}
