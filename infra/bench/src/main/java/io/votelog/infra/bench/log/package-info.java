/** A log that is made for a measurement, the programs that read it, and what must come of it. */
@NullMarked
package io.votelog.infra.bench.log;

import org.jspecify.annotations.NullMarked;
