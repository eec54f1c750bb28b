// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.schemas.Topics;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.schemas.registry.UnfitRegistryException;
import io.votelog.web.settings.BadSettingException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrySettingsTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void shouldAskNobodyWhereNothingIsSet(@Nullable String nothing) {
        assertThat(new RegistrySettings(nothing).idsOf(List.of(Topics.VOTES))).isSameAs(SchemaIds.none());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry:8080",
                "registry",
                "ftp://registry/",
                "http://",
                "http:///apis/ccompat/v7",
                "http://registry/apis?x=1",
                "http://registry/apis#top",
                "http://regis try/",
                "file:///etc/passwd"
            })
    void shouldRefuseWhatIsNoUrlOfARegistry(String text) {
        assertThatThrownBy(() -> new RegistrySettings(text))
                .isInstanceOfSatisfying(BadSettingException.class, bad -> assertThat(bad.allowed())
                        .contains("/apis/ccompat/v7"))
                .hasMessageStartingWith("votelog.schema-registry: ")
                .hasMessageContaining(text);
    }

    @Test
    void shouldNotSayAPasswordAgain() {
        assertThatThrownBy(() -> new RegistrySettings("https://ada:secret@registry/"))
                .isInstanceOf(BadSettingException.class)
                .hasMessageNotContaining("secret");
    }

    /** The same as register.py takes; a slash at the end plays no part. */
    @Test
    void shouldAskThereWhereAUrlIsSet() {
        assertThatThrownBy(() -> new RegistrySettings(" http://127.0.0.1:1/ccompat/ ").idsOf(List.of(Topics.VOTES)))
                .isInstanceOf(UnfitRegistryException.class)
                .hasMessageContaining("the schema registry at http://127.0.0.1:1/ccompat was asked for VoteCast");
    }
}
