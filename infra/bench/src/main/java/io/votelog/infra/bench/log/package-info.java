/** A log that is made for a measurement. */
@NullMarked
package io.votelog.infra.bench.log;

import org.jspecify.annotations.NullMarked;
