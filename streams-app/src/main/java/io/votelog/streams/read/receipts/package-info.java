/**
 * Receipts and voters: what became of a vote, from the voters' store of this or another instance, or from the log. It shows
 * verdicts, and makes one only by deciding a single record again with {@code rules}; results and turnout are not here.
 */
@NullMarked
package io.votelog.streams.read.receipts;

import org.jspecify.annotations.NullMarked;
