/** The load generator: requests over many connections at a rate or as fast as they are answered, the reading of answers, and what came of them. */
@NullMarked
package io.votelog.infra.bench.load;

import org.jspecify.annotations.NullMarked;
