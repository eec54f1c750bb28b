/**
 * What is the same for every connection of a public port, whatever is asked over it: how many there may be, how long a client may
 * take, how many requests it may send, and which of them are none.
 */
@NullMarked
package io.votelog.web.connections;

import org.jspecify.annotations.NullMarked;
