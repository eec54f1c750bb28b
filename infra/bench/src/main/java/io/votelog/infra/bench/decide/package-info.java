// SPDX-License-Identifier: Apache-2.0
/** The decision on a vote, measured by itself, without the log. What a vote costs on its way is in the packages {@code count} and {@code whole}. */
@NullMarked
package io.votelog.infra.bench.decide;

import org.jspecify.annotations.NullMarked;
