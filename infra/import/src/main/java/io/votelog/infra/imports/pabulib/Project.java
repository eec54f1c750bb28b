// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import org.jspecify.annotations.Nullable;

/**
 * A project that could be voted for.
 *
 * @param id as the file has it, unique in it
 * @param name null where the file has none
 * @param votes the total that the file publishes for it; null where it publishes none
 */
public record Project(String id, @Nullable String name, @Nullable Long votes) {}
