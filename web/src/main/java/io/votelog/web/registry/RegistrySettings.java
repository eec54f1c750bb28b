// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.registry;

import io.votelog.schemas.Topic;
import io.votelog.schemas.registry.SchemaIds;
import io.votelog.schemas.registry.SchemaRegistry;
import io.votelog.web.settings.BadSettingException;
import io.votelog.web.settings.CheckedAtStart;
import io.votelog.web.settings.PublicAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The form in which events are written.
 *
 * @param schemaRegistry where a schema registry answers Confluent's API: events are then written in the registry form, with its ids, which
 *     are asked for at the start; absent or empty for single-object encoding, for which nobody is asked
 */
@ConfigurationProperties("votelog")
public record RegistrySettings(@Nullable String schemaRegistry) implements CheckedAtStart {
    private static final String KEY = "votelog.schema-registry";
    private static final String ALLOWED =
            "an http or https URL without user, query and fragment, such as http://registry:8080/apis/ccompat/v7, or nothing";

    /** @throws BadSettingException when it is neither empty nor such a URL */
    public RegistrySettings {
        if (schemaRegistry != null && !schemaRegistry.isBlank()) {
            url(schemaRegistry);
        }
    }

    private static URI url(String text) {
        URI url;
        try {
            url = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw new BadSettingException(KEY, text, ALLOWED);
        }
        if (url.getRawUserInfo() != null) {
            throw new BadSettingException(KEY, "(not shown) it names a user", ALLOWED);
        }
        try {
            return PublicAddress.of(KEY, url);
        } catch (BadSettingException e) {
            throw new BadSettingException(KEY, text, ALLOWED);
        }
    }

    /**
     * The ids of what is written to these topics; none where no registry is set, and then nobody is asked.
     *
     * @throws io.votelog.schemas.registry.UnfitRegistryException when the registry cannot be asked or lacks one of them
     */
    public SchemaIds idsOf(List<Topic> topics) {
        return schemaRegistry == null || schemaRegistry.isBlank()
                ? SchemaIds.none()
                : new SchemaRegistry(url(schemaRegistry), SchemaRegistry.PATIENCE).idsOf(topics);
    }
}
