/** Voters from a seed: their claims, their signed tokens, their votes, and the pseudonyms that a log has for them. */
@NullMarked
package io.votelog.infra.bench.voters;

import org.jspecify.annotations.NullMarked;
