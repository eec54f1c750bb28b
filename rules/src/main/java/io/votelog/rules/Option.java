// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import org.jspecify.annotations.Nullable;

/**
 * Something that can be picked.
 *
 * @param id {@code [A-Za-z0-9_-]{1,32}}, unique over the whole ballot
 * @param title what it is called
 * @param summary what it is about; may have several lines
 * @param owner who stands behind it
 * @param link absolute http or https address with more about it
 * @param image absolute http or https address of its picture
 */
public record Option(
        String id,
        Text title,
        @Nullable Text summary,
        @Nullable Text owner,
        @Nullable String link,
        @Nullable String image) {}
