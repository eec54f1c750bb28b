/** What became of a vote: from the voters' store, another instance or the log. */
@NullMarked
package io.votelog.streams.read.receipts;

import org.jspecify.annotations.NullMarked;
