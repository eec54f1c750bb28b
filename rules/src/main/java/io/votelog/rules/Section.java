// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

import java.util.List;

/**
 * A part of the ballot with its own bounds.
 *
 * @param id {@code [A-Za-z0-9_-]{1,32}}, unique among the ballot's sections
 * @param title what it is called
 * @param picks how many of its options a vote may pick
 * @param options at least one, in the order of the ballot file
 */
public record Section(String id, Text title, Range picks, List<Option> options) {
    public Section {
        options = List.copyOf(options);
    }
}
