/** The gateway beside a server without work and beside its peers, in one run. */
@NullMarked
package io.votelog.infra.bench.compare;

import org.jspecify.annotations.NullMarked;
