/** What one client can take from all others: attacks from one address, and honest clients beside them. */
@NullMarked
package io.votelog.infra.bench.doors;

import org.jspecify.annotations.NullMarked;
