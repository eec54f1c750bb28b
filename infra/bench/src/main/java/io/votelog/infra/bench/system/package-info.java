/** The system that is measured, with its options and its ballots, and what its processes take of the machine. */
@NullMarked
package io.votelog.infra.bench.system;

import org.jspecify.annotations.NullMarked;
