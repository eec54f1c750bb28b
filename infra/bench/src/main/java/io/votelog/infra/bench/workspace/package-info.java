/** Where the programs find what they measure and keep what they keep, and how they say that they cannot measure. */
@NullMarked
package io.votelog.infra.bench.workspace;

import org.jspecify.annotations.NullMarked;
