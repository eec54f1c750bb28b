/** Compares what was published with what is counted here: verdicts, results, dead letters, announcements. */
@NullMarked
package io.votelog.auditor.replay;

import org.jspecify.annotations.NullMarked;
