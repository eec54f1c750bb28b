/** Loads after which every vote is looked for in the log and in the results. */
@NullMarked
package io.votelog.infra.bench.account;

import org.jspecify.annotations.NullMarked;
