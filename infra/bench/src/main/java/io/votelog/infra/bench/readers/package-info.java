/** Readers of the results under load: how fresh they are, and what they take on the wire and of the CPU. */
@NullMarked
package io.votelog.infra.bench.readers;

import org.jspecify.annotations.NullMarked;
