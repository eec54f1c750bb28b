/** Loads whose votes are written down one by one, and the account of them: each is looked for in the log and in the results. */
@NullMarked
package io.votelog.infra.bench.account;

import org.jspecify.annotations.NullMarked;
