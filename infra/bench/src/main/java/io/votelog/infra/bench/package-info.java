/**
 * Measures a gateway under load, against a server that does no work and against its peers, and accounts afterwards for every
 * vote that was sent. Its programs are run by hand, by {@code infra/bench/run}.
 */
@NullMarked
package io.votelog.infra.bench;

import org.jspecify.annotations.NullMarked;
