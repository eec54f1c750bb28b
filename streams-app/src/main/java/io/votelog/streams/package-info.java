/** The read side: it decides and counts the votes of the log and answers for the results. */
@NullMarked
package io.votelog.streams;

import org.jspecify.annotations.NullMarked;
