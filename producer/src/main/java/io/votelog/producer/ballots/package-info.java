/**
 * The life of a ballot: the catalogue follows the control records of the log, and publishing, closing, annulling and ending write
 * them. What one gateway leaves half done another one finishes.
 */
@NullMarked
package io.votelog.producer.ballots;

import org.jspecify.annotations.NullMarked;
