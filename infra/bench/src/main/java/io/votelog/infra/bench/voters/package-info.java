/** Voters from a seed: their claims, their signed tokens, their votes. */
@NullMarked
package io.votelog.infra.bench.voters;

import org.jspecify.annotations.NullMarked;
