/** Promises: what a gateway signs of the votes that the log has acknowledged, for voters to hold against the log. */
@NullMarked
package io.votelog.producer.promises;

import org.jspecify.annotations.NullMarked;
