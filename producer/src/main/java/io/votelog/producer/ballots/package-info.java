/**
 * The life of a ballot. The catalogue follows the control records of the log; publishing, closing, ending and annulling write
 * them. What one gateway leaves half done, another one completes. Votes are not written here, and the HTTP routes of ballots
 * are in {@code http}.
 */
@NullMarked
package io.votelog.producer.ballots;

import org.jspecify.annotations.NullMarked;
