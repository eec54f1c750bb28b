/** Breaks a whole system under load, by faults that are drawn from a seed, and accounts for every vote. */
@NullMarked
package io.votelog.infra.chaos;

import org.jspecify.annotations.NullMarked;
