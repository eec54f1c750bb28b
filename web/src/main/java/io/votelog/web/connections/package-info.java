/**
 * What is the same for every connection of a public port, whatever is asked over it: how many there may be, how long a client may
 * take, and which requests are none.
 */
@NullMarked
package io.votelog.web.connections;

import org.jspecify.annotations.NullMarked;
