// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.rules.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "-|-|ENGLISH",
                "-|zh|CHINESE",
                "-|zh-CN,zh;q=0.9,en;q=0.8|CHINESE",
                "-|zh-Hant-TW|CHINESE",
                "-|en-GB,en;q=0.9,zh;q=0.8|ENGLISH",
                "-|en;q=0.3,zh;q=0.7|CHINESE",
                "-|fr-FR,fr;q=0.9,zh;q=0.2|CHINESE",
                "-|fr,zh;q=0|ENGLISH",
                "-|zha|ENGLISH",
                "-|*|ENGLISH",
                "-|;;;|ENGLISH",
                "-|--|ENGLISH",
                "en|zh|ENGLISH",
                "zh|en|CHINESE",
                "xx|zh|CHINESE",
                "ZH|en|ENGLISH",
            })
    void shouldBeTheOneChosenElseTheOneAskedForFirst(String chosen, String acceptLanguage, Language expected) {
        assertThat(Language.of(chosen, acceptLanguage)).isEqualTo(expected);
    }

    @Test
    void shouldSayATextInTheNearestLanguageThatItHas() {
        assertThat(Language.CHINESE.in(text("en", "Case", "zh-Hans", "案例"))).isEqualTo(new Language.Said("案例", null));
        assertThat(Language.ENGLISH.in(text("zh", "案例", "en", "Case"))).isEqualTo(new Language.Said("Case", null));
        assertThat(Language.ENGLISH.in(Text.of("案例"))).isEqualTo(new Language.Said("案例", ""));
        assertThat(Language.ENGLISH.in(text("fr", "Cas", "zh", "案例"))).isEqualTo(new Language.Said("Cas", "fr"));
        assertThat(Language.ENGLISH.in(text("fr", "Cas", "und", "X"))).isEqualTo(new Language.Said("X", ""));
    }

    private static Text text(String language, String text, String other, String otherText) {
        Map<String, String> byLanguage = new LinkedHashMap<>();
        byLanguage.put(language, text);
        byLanguage.put(other, otherText);
        return new Text(byLanguage);
    }
}
