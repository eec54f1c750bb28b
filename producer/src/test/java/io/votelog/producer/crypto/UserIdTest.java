// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.producer.auth.TestTokens;
import io.votelog.rules.DefaultIgnorable;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One user has one spelling. */
class UserIdTest {
    /** White_Space in PropList.txt of Unicode 14.0, and signs whose shape is empty, which look the same. */
    private static final Set<Integer> WHITE_SPACE = new TreeSet<>(List.of(
            0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005,
            0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x2800, 0x3000, 0x13441, 0x13442,
            0x16FE4, 0x1D159));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kim",
                "Kim",
                "k",
                "kim lee",
                "a b c",
                "auth0|5f7c8ec7c33c6c004bbafe82",
                "CN=Kim Lee, O=Customs",
                "kim@example.org",
                "用户-1",
                "名前",
                "Zoë",
                "ẞ",
                "😀",
                "김민수",
                "ｋｉｍ",
                "кim",
                "é",
                "́kim",
                "𠀀",
                "⠁",
                "123e4567-e89b-42d3-a456-426614174000",
                "~!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}"
            })
    void shouldTakeAnIdAsItIs(String text) {
        assertThat(UserId.fault(text)).isNull();
        assertThat(TestTokens.user(text).text()).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "`kim `;has U+0020 as character 4, white space, at its end: send it without",
                "` kim`;has U+0020 as character 1, white space, at its beginning: send it without",
                "`kim\u00A0`;has U+00A0 as character 4, white space, at its end: send it without",
                "`\u3000kim`;has U+3000 as character 1, white space, at its beginning: send it without",
                "`kim\u2003lee`;has U+2003 as character 4, white space of a kind that cannot be told from a space: send U+0020 there",
                "`kim  lee`;has U+0020 as character 5, a space after a space: send one",
                "`kim\tlee`;has U+0009 as character 4, white space of a kind that cannot be told from a space: send U+0020 there",
                "`ki\u200Bm`;has U+200B as character 3, which nobody can see (a default-ignorable code point): send it without",
                "`\uFEFFkim`;has U+FEFF as character 1, which nobody can see (a default-ignorable code point): send it without",
                "`kim\u00AD`;has U+00AD as character 4, which nobody can see (a default-ignorable code point): send it without",
                "`ki\u202Em`;has U+202E as character 3, which nobody can see (a default-ignorable code point): send it without",
                "`😀\uFE0F`;has U+FE0F as character 2, which nobody can see (a default-ignorable code point): send it without",
                "`kim\uFFF9`;has U+FFF9 as character 4, which marks how others are shown (a format character): send it without",
                "`\uFFFAkim`;has U+FFFA as character 1, which marks how others are shown (a format character): send it without",
                "`ki\uFFFBm`;has U+FFFB as character 3, which marks how others are shown (a format character): send it without",
                "`kim\u0600`;has U+0600 as character 4, which marks how others are shown (a format character): send it without",
                "`kim\u2800`;has U+2800 as character 4, white space, at its end: send it without",
                "`kim\u2800lee`;has U+2800 as character 4, white space of a kind that cannot be told from a space: send U+0020 there",
                "`kim\ud834\udd59`;has U+1D159 as character 4, white space, at its end: send it without",
                "`ki\ud81b\udfe4m`;has U+16FE4 as character 3, white space of a kind that cannot be told from a space: send U+0020 there",
                "`kim\u0000`;has U+0000 as character 4, a control character: send it without",
                "`k\u001Bim`;has U+001B as character 2, a control character: send it without",
                "`kim\u009F`;has U+009F as character 4, a control character: send it without",
                "`kim\u007F`;has U+007F as character 4, a control character: send it without",
                "`kim\uFFFF`;has U+FFFF as character 4, which is no character in Unicode: send it without",
                "`\uFDD0kim`;has U+FDD0 as character 1, which is no character in Unicode: send it without",
                "`Zoe\u0308`;is not in Unicode's Normalization Form C: it has U+0065 as character 3, where that form has U+00EB: send it in that form",
                "`\u212Bngström`;is not in Unicode's Normalization Form C: it has U+212B as character 1, where that form has U+00C5: send it in that form",
                "`😀q\u0307\u0323`;is not in Unicode's Normalization Form C: it has U+0307 as character 3, where that form has U+0323: send it in that form",
                "``;must have 1 to 255 characters, and has 0"
            })
    void shouldSayWhichCharacterIsWrongAndWhatWouldBeRight(String text, String fault) {
        assertThat(UserId.fault(text)).isEqualTo(fault);
    }

    @Test
    void shouldTakeNoHalfOfAPair() {
        assertThat(UserId.fault("a\ud800")).startsWith("has U+D800 as character 2, half of a surrogate pair");
        assertThat(UserId.fault("\udc00a")).startsWith("has U+DC00 as character 1, half of a surrogate pair");
        assertThat(UserId.fault("😀\udc00\ud800")).startsWith("has U+DC00 as character 2, half of a surrogate pair");
    }

    @Test
    void shouldTakeUpTo255Units() {
        assertThat(UserId.fault("x".repeat(255))).isNull();
        assertThat(UserId.fault("x".repeat(256))).isEqualTo("must have 1 to 255 characters, and has 256");
        assertThat(UserId.fault("😀".repeat(127))).isNull();
        assertThat(UserId.fault("😀".repeat(128))).isEqualTo("must have 1 to 255 characters, and has 256");
    }

    /**
     * The number of code points that DerivedCoreProperties.txt of Unicode 14.0 gives itself, and what Java knows of the
     * property's derivation.
     */
    @Test
    void shouldKnowAllThatIsDefaultIgnorable() {
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(DefaultIgnorable::contains)
                        .count())
                .isEqualTo(4174);
        // Format characters are default-ignorable too, or in the other table, which has nothing else.
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.getType(c) == Character.FORMAT) {
                assertThat(DefaultIgnorable.contains(c) ^ DefaultIgnorable.isFormat(c))
                        .as("U+%04X", c)
                        .isTrue();
            } else if (Character.isDefined(c)) {
                assertThat(DefaultIgnorable.isFormat(c)).as("U+%04X", c).isFalse();
            }
        }
    }

    /** Every code point there is, alone, at both ends and inside. */
    @Test
    void shouldJudgeEveryCodePointByWhatItIs() {
        List<String> wrong = new ArrayList<>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String it = Character.toString(c);
            boolean never = Character.getType(c) == Character.CONTROL
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.FORMAT
                    || DefaultIgnorable.contains(c)
                    || DefaultIgnorable.isFormat(c)
                    || (c & 0xFFFE) == 0xFFFE
                    || (c >= 0xFDD0 && c <= 0xFDEF);
            for (String text : List.of(it, it + "k", "k" + it, "k" + it + "k")) {
                boolean inside = text.startsWith("k") && text.endsWith("k");
                boolean fit = !never
                        && (!WHITE_SPACE.contains(c) || (c == ' ' && inside))
                        && text.equals(Normalizer.normalize(text, Normalizer.Form.NFC));
                if ((UserId.fault(text) == null) != fit) {
                    wrong.add("U+%04X in '%s'".formatted(c, text));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /**
     * An accepted id has no second spelling: whatever invisible is put into it or taken from it, the result is refused. So two
     * accepted ids are equal if they look the same to a reader who strips and folds white space, drops what is ignorable, and
     * normalises.
     */
    @Test
    void shouldLetInOneSpellingOfEachPerson() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "k",
            "i",
            "m",
            " ",
            "  ",
            "\u00A0",
            "\u200B",
            "\uFEFF",
            "\u3000",
            "\u2800",
            "\ud834\udd59",
            "\uFFF9",
            "é",
            "e\u0301",
            "\u0301",
            "\u0323",
            "ö",
            "\u212B",
            "\u00C5",
            "\u00AD",
            "\t",
            "한",
            "\u1112\u1161\u11AB",
            "用",
            "\u2028",
            "\u202E",
            "\uFE0F",
            "😀"
        };
        int letIn = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String id = text.toString();
            String fault = UserId.fault(id);
            assertThat(fault == null).as("'%s': %s", id, fault).isEqualTo(id.equals(asSeen(id)) && !id.isEmpty());
            if (fault == null) {
                letIn++;
            } else {
                assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(fault))
                        .as(fault)
                        .isTrue();
            }
        }
        assertThat(letIn).isBetween(10_000, 150_000);
    }

    /** A text as such a reader sees it. */
    private static String asSeen(String text) {
        StringBuilder seen = new StringBuilder();
        text.codePoints()
                .filter(c -> !DefaultIgnorable.contains(c) && !DefaultIgnorable.isFormat(c))
                .forEach(seen::appendCodePoint);
        String spaces = seen.toString()
                .codePoints()
                .map(c -> WHITE_SPACE.contains(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return Normalizer.normalize(spaces.strip().replaceAll(" +", " "), Normalizer.Form.NFC);
    }
}
