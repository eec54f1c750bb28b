/** How long streams-app takes to be back after an accident, and whether it then counts what it should. */
@NullMarked
package io.votelog.infra.bench.restore;

import org.jspecify.annotations.NullMarked;
