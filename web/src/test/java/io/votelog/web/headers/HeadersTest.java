// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.headers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/** What a client sends in a header is read in little time, and is never an error. */
class HeadersTest {
    /** What a server lets in at most, all headers together. */
    private static final int MOST_CHARS = 8 * 1024;

    /** Ten times what is needed, on a machine that has other things to do. */
    private static final long LONGEST_NANOS = 2_000_000;

    private static final List<String> OFFERED = List.of("en", "zh-CN", "fr");

    private static final String[] PIECES = {
        "\"",
        "W/",
        "w/",
        "*",
        ",",
        ";",
        " ",
        "\t",
        "-",
        "'",
        "\\",
        "=",
        "q=",
        ";q=0.",
        ";q=1.0",
        ";q=0",
        "q=9",
        "en",
        "zh-CN",
        "zh-hant-tw",
        "x",
        "gzip",
        "identity",
        "\"120-2-open-0\"",
        "W/\"120-2-open-0-csv-en\"",
        "é",
        "中",
        "\0",
        "\ud800",
        "0",
        "1",
        "123456789012345678901234567890"
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "zh-CN,zh;q=0.9,en;q=0.8|zh-cn,zh,en",
                "en;q=0.3,zh;q=0.7|zh,en",
                "fr, de;q=0, en;q=1.000|fr,en",
                "EN ; Q=0.5 , zh ; q=0.125|en,zh",
                // Malformed elements are not there (RFC 9110, section 12.4.2: at most three digits, at most 1).
                "en;q=0.1234, zh;q=1.1, fr;q=.5, de;q=-1, it;q=, es;x=1, pt;q=1.001, nl|nl",
                "en;q=0.5;q=1, a b, \"en\", en/gb, ;q=1, zh|zh",
                ",,, zh,, ,|zh",
                "-|-",
                "`` | ``",
            })
    void shouldReadLanguagesByTheirWeights(String header, String ranges) {
        assertThat(String.join(",", AcceptLanguage.parse(header).ranges())).isEqualTo(ranges);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            delimiter = '|',
            value = {
                "en-GB|en",
                "zh-CN|zh-CN",
                "ZH-cn-x-y|zh-CN",
                "zh-TW|zh-CN",
                "zh|zh-CN",
                "de, zh-TW;q=0.1|zh-CN",
                // An exact match of a later range goes before a near one of an earlier range.
                "zh-TW, fr;q=0.1|fr",
                "de|none",
                "*|none",
                "zh;q=0|none",
                "-|none",
                "-en|none",
                "---|none",
            })
    void shouldFindTheLanguageThatComesClosest(String header, String expected) {
        assertThat(AcceptLanguage.parse(header).lookup(OFFERED)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|true",
                "GZIP|true",
                "gzip, deflate, br|true",
                "br;q=1.0, gzip;q=0.8|true",
                "br, gzip ; q=0.001|true",
                "gzip;q=0|false",
                "gzip;q=0.000|false",
                "gzip;q=2|false",
                "gzipped|false",
                "*|false",
                "identity|false",
                "-|false",
            })
    void shouldKnowWhoTakesGzip(String header, boolean takes) {
        assertThat(AcceptEncoding.gzip(with(HttpHeaders.ACCEPT_ENCODING, header)))
                .isEqualTo(takes);
        assertThat(AcceptEncoding.gzip(new HttpHeaders())).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\"|\"a\"",
                "W/\"a\"|\"a\"",
                "\"a\", W/\"b\" ,\"c,d\"|\"a\", \"b\", \"c,d\"",
                "\"\"|\"\"",
                " * |*",
                "\"*\"|\"*\"",
                // What is no tag is not there.
                "\"|``",
                "W/|``",
                "W/\"|``",
                "'x'|``",
                "a|``",
                "w/\"a\"|``",
                "\"a\"b, \"c\"|\"c\"",
                "x\"a\", \"c\"|\"c\"",
                "*, \"c\"|\"c\"",
                ", ,|``",
                "\"c\", \"d|\"c\"",
            })
    void shouldReadEntityTags(String header, String value) {
        EntityTags tags = EntityTags.ifNoneMatch(with(HttpHeaders.IF_NONE_MATCH, header));
        assertThat(tags.value()).isEqualTo(value);
        assertThat(tags.isEmpty()).isEqualTo(value.isEmpty());
    }

    @Test
    void shouldKnowARepresentationByItsTagOrByAny() {
        HttpHeaders request = new HttpHeaders();
        assertThat(EntityTags.ifNoneMatch(request).name("\"a\"")).isFalse();
        request.add(HttpHeaders.IF_NONE_MATCH, "W/\"b\"");
        request.add(HttpHeaders.IF_NONE_MATCH, "\"a\"");
        EntityTags tags = EntityTags.ifNoneMatch(request);
        assertThat(tags.name("\"a\"")).isTrue();
        assertThat(tags.name("W/\"b\"")).isTrue();
        assertThat(tags.name("\"ab\"")).isFalse();
        assertThat(EntityTags.parse(List.of("*")).name("\"a\"")).isTrue();
        assertThat(EntityTags.parse(List.of("*", "\"b\"")).name("\"a\"")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text/csv, application/json;q=0.5|text/csv,application/json;q=0.5",
                "nonsense, text/csv, /, a/, */csv, text/csv;q=2|text/csv",
                "text/x;y=\",\", text/csv|text/x;y=\",\",text/csv",
                "text/x;y=\", text/csv|``",
                "``|``",
            })
    void shouldReadMediaRanges(String header, String ranges) {
        MediaRanges accept = MediaRanges.of(with(HttpHeaders.ACCEPT, header));
        assertThat(accept.ranges().stream().map(MediaType::toString).collect(Collectors.joining(",")))
                .isEqualTo(ranges);
        assertThat(accept.malformed()).isEqualTo(ranges.isEmpty() && !header.isEmpty());
    }

    /** Of more than 50 Spring's own reader makes a fault of the server. */
    @Test
    void shouldReadMoreMediaRangesThanCanBeSorted() {
        HttpHeaders request = with(HttpHeaders.ACCEPT, "a/b,".repeat(MOST_CHARS / 4));
        assertThat(MediaRanges.of(request).ranges()).hasSize(MediaRanges.MAX_RANGES);
        MimeTypeUtils.sortBySpecificity(new ArrayList<>(MediaRanges.of(request).ranges()));
        request.add(HttpHeaders.ACCEPT, "text/csv");
        assertThat(MediaRanges.of(request).ranges()).doesNotContain(new MediaType("text", "csv"));
    }

    @Test
    void shouldLookAtTheBeginningOfLongListsAlone() {
        String many = "\"x\",".repeat(EntityTags.MAX_TAGS);
        assertThat(EntityTags.parse(List.of(many + "\"y\"")).opaque())
                .hasSize(EntityTags.MAX_TAGS)
                .doesNotContain("y");
        String longTag = "\"" + "x".repeat(EntityTags.MAX_CHARS) + "\"";
        assertThat(EntityTags.parse(List.of(longTag, "\"y\"")).isEmpty()).isTrue();
        assertThat(AcceptLanguage.parse("a,".repeat(Weighted.MAX_ELEMENTS) + "zh")
                        .ranges())
                .hasSize(Weighted.MAX_ELEMENTS)
                .doesNotContain("zh");
        // No element is cut off: "en" must not come of "english".
        String filled = " ".repeat(Weighted.MAX_CHARS - 3);
        assertThat(AcceptLanguage.parse(filled + ",english").ranges()).isEmpty();
        assertThat(AcceptLanguage.parse(filled + ",en").ranges()).containsExactly("en");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldThrowAtNothing(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            List<String> lines = IntStream.range(0, random.nextInt(3))
                    .mapToObj(line -> IntStream.range(0, random.nextInt(14))
                            .mapToObj(piece -> PIECES[random.nextInt(PIECES.length)])
                            .reduce("", String::concat))
                    .toList();
            String header = String.join(",", lines);
            EntityTags tags = EntityTags.parse(lines);
            assertThat(EntityTags.parse(List.of(tags.value())))
                    .as("seed %d, %s", seed, lines)
                    .isEqualTo(tags);
            AcceptLanguage languages = AcceptLanguage.parse(header);
            assertThat(languages.lookup(OFFERED)).as("seed %d, %s", seed, lines).isIn(null, "en", "zh-CN", "fr");
            HttpHeaders request = new HttpHeaders();
            request.addAll(HttpHeaders.ACCEPT_ENCODING, lines);
            AcceptEncoding.gzip(request);
            request.addAll(HttpHeaders.ACCEPT, lines);
            MediaRanges.of(request);
        }
    }

    /** Each shape fills all that a server lets in. The JDK's reader of languages takes some ten milliseconds for the last of them. */
    @Test
    void shouldReadTheLongestHeadersInNoTime() {
        List<String> shapes = new ArrayList<>();
        for (String piece : PIECES) {
            shapes.add(piece.repeat(MOST_CHARS / piece.length()));
            shapes.add((piece + ",").repeat(MOST_CHARS / (piece.length() + 1)));
            shapes.add(("\"" + piece).repeat(MOST_CHARS / (piece.length() + 1)));
        }
        shapes.add(IntStream.range(0, 2_000)
                .mapToObj(n -> Integer.toString(n + 36 * 36 * 36, 36))
                .reduce("", (all, tag) -> all + tag + ","));
        for (String shape : shapes) {
            assertQuick(shape, text -> AcceptLanguage.parse(text).lookup(OFFERED));
            assertQuick(shape, text -> AcceptEncoding.gzip(with(HttpHeaders.ACCEPT_ENCODING, text)));
            assertQuick(shape, text -> MediaRanges.of(with(HttpHeaders.ACCEPT, text)));
            assertQuick(shape, text -> EntityTags.parse(List.of(text)).name("\"none\""));
        }
    }

    /** The best of many, so that a busy machine does not count. */
    private static void assertQuick(String header, Consumer<String> reading) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 50 && best > LONGEST_NANOS; i++) {
            long start = System.nanoTime();
            reading.accept(header);
            best = Math.min(best, System.nanoTime() - start);
        }
        assertThat(Duration.ofNanos(best))
                .as("%d characters that begin with %s", header.length(), header.substring(0, 10))
                .isLessThan(Duration.ofNanos(LONGEST_NANOS));
    }

    private static HttpHeaders with(String name, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(name, value);
        return headers;
    }

    static LongStream seeds() {
        return LongStream.range(1, 5).map(n -> n * 104_729);
    }
}
