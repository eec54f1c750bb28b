/**
 * Compares what was published with what is decided and counted here: verdicts, results, dead letters, announcements.
 * The deciding and counting is in {@code count}; sealed logs are in {@code verify}.
 */
@NullMarked
package io.votelog.auditor.replay;

import org.jspecify.annotations.NullMarked;
