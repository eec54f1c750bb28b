/**
 * How instances of the read side know, authenticate and ask one another. Which instance holds a voter is found in {@code
 * receipts}.
 */
@NullMarked
package io.votelog.streams.read.instances;

import org.jspecify.annotations.NullMarked;
